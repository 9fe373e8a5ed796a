/** What a cell of an exported table is; null where there is no value. */
export type ExportCell = string | number | Float32Array | null;

/** What the cells of a column are: a word is one of a few that are known beforehand. */
export type ExportKind = 'word' | 'text' | 'whole' | 'number' | 'singles';

/** A column of an exported table. Any of its cells may be null. */
export interface ExportColumn {
  readonly name: string;
  readonly kind: ExportKind;
  /** The words that the column may hold; of columns of other kinds none. */
  readonly words: readonly string[];
}

/** Some rows of an exported table, column by column, each as long as the others. */
export interface ExportBatch {
  readonly rows: number;
  /** In the order of the columns. */
  readonly cells: readonly (readonly ExportCell[])[];
}

/** A table that is made batch by batch, so that no more than one is in memory. */
export interface ExportTable {
  readonly columns: readonly ExportColumn[];
  /** What is the same in all rows, by key. */
  readonly about: Readonly<Record<string, string>>;
  /** Each call makes them anew. */
  batches(): AsyncIterable<ExportBatch>;
}

/** A format of exported tables. To add one, write its file and list it in `formats/index.ts`. */
export interface ExportFormat {
  /** Whether it can hold lists, as logits are. */
  readonly hasLists: boolean;
  /** The bytes of the file: equal for equal tables. */
  write(table: ExportTable): AsyncIterable<Uint8Array>;
}
