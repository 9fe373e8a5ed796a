import type { ExportBatch, ExportCell, ExportColumn, ExportKind } from './export-table.js';

/** The columns of a table by name, in their order. */
export type ColumnsByName = ReadonlyMap<string, ExportColumn>;

/** A column whose cells are of a kind. @param words those that a column of words may hold */
export function column(
  name: string,
  kind: ExportKind,
  words: readonly string[] = [],
): [string, ExportColumn] {
  return [name, { name, kind, words }];
}

/** Takes the rows of one batch, each by the names of its columns; what a row does not name is null there. */
export class RowBatch implements ExportBatch {
  readonly cells: ExportCell[][];
  readonly #places: ReadonlyMap<string, number>;
  rows = 0;

  constructor(columns: ColumnsByName) {
    this.cells = Array.from(columns, () => []);
    this.#places = new Map([...columns.keys()].map((name, place) => [name, place]));
  }

  /** A number that is NaN is null. Names that no column has are passed over: a table may leave columns out. */
  add(row: Readonly<Record<string, ExportCell | undefined>>): void {
    for (const column of this.cells) column.push(null);
    for (const [name, cell] of Object.entries(row)) {
      const place = this.#places.get(name);
      const missing = cell === undefined || Number.isNaN(cell);
      const cells = place === undefined ? undefined : this.cells[place];
      if (cells !== undefined && !missing) cells[this.rows] = cell;
    }
    this.rows += 1;
  }
}
