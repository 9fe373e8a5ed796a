import {
  type Data,
  type DataType,
  Dictionary,
  Float64,
  Int32,
  makeData,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';

/** One kind of column in an Arrow file: how its cells lie there, and what they are to those who read them. */
export interface Column<Cell> {
  readonly type: DataType;
  readonly nullable: boolean;
  /** What a cell should be, for errors. */
  readonly expected: string;
  /**
   * @param cell that of each row from 0 on; null only where the column is nullable
   * @param bitmapBytes length of the bitmap that says which are null, at least a bit a row
   */
  write(rows: number, cell: (row: number) => Cell | null, bitmapBytes: number): Data;
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
  type: new Utf8(),
  nullable: false,
  expected: 'a text',
  write: writeTexts,
  read: (found) => (typeof found === 'string' ? found : undefined),
};

/** A double. */
export const number: Column<number> = {
  type: new Float64(),
  nullable: false,
  expected: 'a number',
  write: (length, cell, bitmapBytes) => {
    const data = new Float64Array(length);
    return makeData({ type: new Float64(), length, data, ...fill(data, cell, bitmapBytes) });
  },
  read: readNumber,
};

/** A whole number from −2³¹ to below 2³¹. */
export const whole: Column<number> = {
  type: new Int32(),
  nullable: false,
  expected: 'a number',
  write: (length, cell, bitmapBytes) => {
    const data = new Int32Array(length);
    return makeData({ type: new Int32(), length, data, ...fill(data, cell, bitmapBytes) });
  },
  read: readNumber,
};

/** A text that is one of a few words. */
export function oneWordOf<Word extends string>(words: readonly Word[]): Column<Word> {
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
  // Arrow numbers dictionaries with a counter of the process unless told: equal rows need equal bytes.
  const type = new Dictionary(new Utf8(), new Int32(), 1, false);
  return {
    type,
    nullable: false,
    expected: 'one of the texts of the file',
    write: (length, cell) =>
      makeData({
        type,
        length,
        nullCount: 0,
        data: Int32Array.from({ length }, (_, row) => cell(row) ?? 0),
        dictionary: vectorFromArray([...texts], new Utf8()),
      }),
    read: (found) => (typeof found === 'string' ? texts.indexOf(found) : undefined),
  };
}

function readNumber(found: unknown): number | undefined {
  return typeof found === 'number' ? found : undefined;
}

/** Fills `data` with the cells, 0 for null, and says which are null. */
function fill(data: Int32Array | Float64Array, cell: (row: number) => number | null, bitmapBytes: number) {
  return validity(data.length, bitmapBytes, (row) => {
    const item = cell(row);
    data[row] = item ?? 0;
    return item !== null;
  });
}

function writeTexts(length: number, cell: (row: number) => string | null, bitmapBytes: number): Data {
  const parts: Buffer[] = [];
  const valueOffsets = new Int32Array(length + 1);
  const nulls = validity(length, bitmapBytes, (row) => {
    const item = cell(row);
    const part = Buffer.from(item ?? '', 'utf8');
    parts.push(part);
    valueOffsets[row + 1] = (valueOffsets[row] ?? 0) + part.length;
    return item !== null;
  });
  return makeData({ type: new Utf8(), length, valueOffsets, data: Buffer.concat(parts), ...nulls });
}

function validity(length: number, bitmapBytes: number, isValid: (row: number) => boolean) {
  const nullBitmap = new Uint8Array(bitmapBytes);
  let nullCount = 0;
  for (let row = 0; row < length; row += 1) {
    if (isValid(row)) nullBitmap[row >> 3] = (nullBitmap[row >> 3] ?? 0) | (1 << (row & 7));
    else nullCount += 1;
  }
  return { nullBitmap, nullCount };
}
