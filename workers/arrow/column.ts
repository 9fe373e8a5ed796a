/** How cells lie in a file; texts that are written once each, however many cells name them, are named here. */
export type Layout =
  | 'texts'
  | 'doubles'
  | 'int32s'
  | 'lists of singles'
  | 'lists of doubles'
  | { readonly placesAmong: readonly string[] };

/**
 * One kind of column in an Arrow file: how its cells lie there (`column-data.ts` puts them there), and what they are to those
 * who read them. Of no library's types: what rows are follows from it, in the declarations of the public functions too.
 */
export interface Column<Cell> {
  readonly layout: Layout;
  readonly nullable: boolean;
  /** What a cell should be, for errors. */
  readonly expected: string;
  /** @returns what Arrow found in a cell, or undefined where a cell holds no such thing */
  read(found: unknown): Cell | undefined;
}

/** Columns by name, in the order in which they lie in a file. */
export type Columns = Readonly<Record<string, Column<unknown>>>;

/** A row of such columns; comments at the columns are those of its keys. */
export type RowOf<Of extends Columns> = { readonly [Name in keyof Of]: CellOf<Of[Name]> };

/** What the cells of a column are. */
export type CellOf<Of> = Of extends Column<infer Cell> ? Cell : never;

/** A text. Plain, since dictionaries cost more than they save in files of a few rows. */
export const text: Column<string> = {
  layout: 'texts',
  nullable: false,
  expected: 'a text',
  read: (found) => (typeof found === 'string' ? found : undefined),
};

/** A double. */
export const number: Column<number> = {
  layout: 'doubles',
  nullable: false,
  expected: 'a number',
  read: readNumber,
};

/** A whole number from −2³¹ to below 2³¹. */
export const whole: Column<number> = {
  layout: 'int32s',
  nullable: false,
  expected: 'a number',
  read: readNumber,
};

/** Numbers of single precision, any number of them in each cell. */
export const singles: Column<Float32Array> = {
  layout: 'lists of singles',
  nullable: false,
  expected: 'a list of numbers',
  read: (found) => (found instanceof Float32Array ? found : undefined),
};

/** Numbers of double precision, any number of them in each cell. */
export const doubles: Column<Float64Array> = {
  layout: 'lists of doubles',
  nullable: false,
  expected: 'a list of numbers',
  read: (found) => (found instanceof Float64Array ? found : undefined),
};

/** A text that is one of a few words. */
export function oneWordOf<const Word extends string>(words: readonly Word[]): Column<Word> {
  return {
    ...text,
    expected: `one of ${words.join(', ')}`,
    read: (found) => words.find((word) => word === found),
  };
}

/** A column some of whose cells are null. */
export function orNull<Cell>(column: Column<Cell>): Column<Cell | null> {
  return {
    ...column,
    nullable: true,
    read: (found) => (found === null ? null : column.read(found)),
  };
}

/** One of texts that are written once each, however many rows name them: a cell is its place among them, from 0. */
export function placeAmong(texts: readonly string[]): Column<number> {
  return {
    layout: { placesAmong: texts },
    nullable: false,
    expected: 'one of the texts of the file',
    read: (found) => (typeof found === 'string' ? texts.indexOf(found) : undefined),
  };
}

function readNumber(found: unknown): number | undefined {
  return typeof found === 'number' ? found : undefined;
}
