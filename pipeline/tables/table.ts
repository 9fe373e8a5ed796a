/** What a file of data holds of anything: a number with all its digits, a text as it is, or nothing. */
export type TableDatum = string | number | null;

/** A table of results as a value. Its texts are plain: each format writes what its own syntax would take for markup. */
export interface Table {
  /** For example `table-5`; also the name of its files. */
  readonly name: string;
  /** Lines above the table. */
  readonly caption: readonly string[];
  /**
   * Estimates are fractions ± σ, with an interval, the best of a row marked; percentages are values alone; quantities are what
   * their columns say, with an interval beside them.
   */
  readonly figures: 'estimates' | 'percentages' | 'quantities';
  /** What heads the columns in which rows have their headings. */
  readonly rowTitles: readonly string[];
  readonly columns: readonly TableColumn[];
  readonly sections: readonly TableSection[];
  /** Lines below the table. */
  readonly notes: readonly string[];
  readonly data: TableDataNames;
  /** What is the same for every figure of the table, by `data.table`. */
  readonly details: readonly TableDatum[];
}

export interface TableColumn {
  readonly heading: string;
  /** By `data.column`. */
  readonly keys: readonly string[];
  /** How a quantity is shown: a fraction in per cent or with three decimals, any other number to four digits. Default: a number. */
  readonly unit?: 'percent' | 'fraction' | 'number';
}

/** Rows that belong together, below a line of their own where there is a title. */
export interface TableSection {
  readonly title: string | null;
  readonly rows: readonly TableRow[];
  /** Which figures of each column are the best of the section's rows; absent where rows have their own. */
  readonly best?: 'largest' | 'smallest';
}

export interface TableRow {
  /** A heading that is the same as in the row above need not be written again. */
  readonly headings: readonly string[];
  /** By `data.row`. */
  readonly keys: readonly string[];
  /** One a column; null where there is none. */
  readonly cells: readonly (TableCell | null)[];
  /** Which figures are the best; null where none are. */
  readonly best: 'largest' | 'smallest' | null;
  /** What only data tell of a row, by `data.rowDetails`. */
  readonly details: readonly TableDatum[];
}

/** One figure. */
export interface TableCell {
  /** A fraction, or a quantity; null where it has no value. */
  readonly value: number | null;
  /** σ, of estimates, and the ends of the 95 % interval; null where it has none. */
  readonly spread: { readonly deviation: number | null; readonly low: number; readonly high: number } | null;
  /** What only data tell of a figure, by `data.cellDetails`. */
  readonly details: readonly TableDatum[];
  /** That the paired test can't tell it from the best of its row, or could not be made; absent where it tells, or none was asked for. */
  readonly beside?: 'level' | 'untested' | undefined;
  /** What the paper has in its place; absent where it has nothing there. */
  readonly published?: PublishedFigure | undefined;
}

/** A figure of the paper, and how far ours is from it. */
export interface PublishedFigure {
  /** A fraction. */
  readonly value: number;
  /** σ as it is published; null where none is. */
  readonly deviation: number | null;
  /** Ours less the published one, in σ of the difference of two that are independent; infinite where both σ are 0. */
  readonly difference: number;
}

/** Whether any figure of a table has one of the paper's beside it. */
export function isCompared({ sections }: Pick<Table, 'sections'>): boolean {
  return sections.some(({ rows }) =>
    rows.some(({ cells }) => cells.some((cell) => cell?.published !== undefined)),
  );
}

/** How files of data name what stands in a table. */
export interface TableDataNames {
  /** Whether a line of data is a row with all its cells, which go by their column, or a cell. */
  readonly line: 'row' | 'cell';
  readonly row: readonly string[];
  readonly column: readonly string[];
  readonly value: string;
  readonly cellDetails: readonly string[];
  readonly rowDetails: readonly string[];
  readonly table: readonly string[];
}

/**
 * A user's own text as a table shows it: white space counts as one space, and nothing in it ends a line or reaches a
 * terminal as an escape sequence.
 * @returns never empty: a blank cell means "as above"
 */
export function shownName(name: string): string {
  const visible = name
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
  return visible === '' ? '""' : visible;
}
