import {
  type DataType,
  Field,
  Float64,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow';
import { RunFailedError } from '../../stages/errors.js';

/** A column of an Arrow file and where a row keeps its cell. */
export type Column<Row> = { readonly name: string } & (
  | { readonly kind: 'text'; readonly of: (row: Row) => string }
  | { readonly kind: 'number'; readonly of: (row: Row) => number }
  | { readonly kind: 'number or null'; readonly of: (row: Row) => number | null }
  /** A whole number below 2³¹. */
  | { readonly kind: 'count'; readonly of: (row: Row) => number }
);

/** How rows of one kind become an Arrow file and come back. */
export interface RowFormat<Row> {
  /** The file's name in a run directory, named in errors. */
  readonly file: string;
  /** Raised when columns or their meaning change. */
  readonly version: number;
  readonly columns: readonly Column<Row>[];
  readonly row: (cells: RowCells) => Row;
}

/** The cells of one row by column name; each throws when its cell is of another kind. */
export interface RowCells {
  text(column: string): string;
  number(column: string): number;
  numberOrNull(column: string): number | null;
  oneOf<Word extends string>(column: string, words: readonly Word[]): Word;
}

const formatKey = 'grodin.format';

/**
 * Writes rows as an Arrow IPC file of one record batch: equal bytes for equal rows. Texts are plain Utf8, since
 * dictionaries get their ids from a counter of the whole process.
 */
export function encodeRows<Row>(format: RowFormat<Row>, rows: readonly Row[]): Uint8Array {
  const fields = format.columns.map(
    ({ name, kind }) => new Field(name, arrowType(kind), kind === 'number or null'),
  );
  const children = format.columns.flatMap(({ kind, of }) => {
    const cells: readonly (string | number | null)[] = rows.map((row) => of(row));
    return vectorFromArray(cells, arrowType(kind)).data;
  });
  const schema = new Schema(fields, new Map([[formatKey, formatName(format)]]));
  const data = makeData({ type: new Struct(fields), length: rows.length, nullCount: 0, children });
  return tableToIPC(new Table(schema, [new RecordBatch(schema, data)]), 'file');
}

/**
 * Reads what `encodeRows` wrote.
 * @throws RunFailedError when the bytes are no such file
 */
export function decodeRows<Row>(format: RowFormat<Row>, bytes: Uint8Array): Row[] {
  const table = parse(format, bytes);
  const found = table.schema.metadata.get(formatKey);
  if (found !== formatName(format)) {
    throw new RunFailedError(
      `${format.file} holds ${found === undefined ? 'no grodin rows' : `"${found}"`}, ` +
        `expected "${formatName(format)}": remove the file and run again`,
    );
  }
  const vectors = new Map<string, Vector>();
  for (const { name, kind } of format.columns) {
    const vector = table.getChild(name);
    if (vector === null || String(vector.type) !== String(arrowType(kind))) {
      throw new RunFailedError(
        `${format.file}: column "${name}" is ${vector === null ? 'missing' : String(vector.type)}, ` +
          `expected ${arrowType(kind)}: remove the file and run again`,
      );
    }
    vectors.set(name, vector);
  }
  return Array.from({ length: table.numRows }, (_, index) =>
    format.row(cellsOf(format.file, (column) => vectors.get(column)?.get(index))),
  );
}

function parse<Row>(format: RowFormat<Row>, bytes: Uint8Array): Table {
  try {
    return tableFromIPC(bytes);
  } catch (cause) {
    throw new RunFailedError(
      `${format.file} is not an Arrow file (${bytes.length} bytes): remove it and run again`,
      { cause },
    );
  }
}

function cellsOf(file: string, cell: (column: string) => unknown): RowCells {
  const bad = (column: string, value: unknown, expected: string): RunFailedError =>
    new RunFailedError(
      `${file}: ${value} in column "${column}", expected ${expected}: remove it and run again`,
    );
  const text = (column: string): string => {
    const value = cell(column);
    if (typeof value !== 'string') throw bad(column, value, 'a text');
    return value;
  };
  const numberOrNull = (column: string): number | null => {
    const value = cell(column);
    if (value !== null && typeof value !== 'number') throw bad(column, value, 'a number');
    return value;
  };
  return {
    text,
    numberOrNull,
    number: (column) => {
      const value = numberOrNull(column);
      if (value === null) throw bad(column, value, 'a number');
      return value;
    },
    oneOf: (column, words) => {
      const value = text(column);
      const word = words.find((candidate) => candidate === value);
      if (word === undefined) throw bad(column, `"${value}"`, `one of ${words.join(', ')}`);
      return word;
    },
  };
}

function arrowType(kind: Column<never>['kind']): DataType {
  if (kind === 'text') return new Utf8();
  return kind === 'count' ? new Int32() : new Float64();
}

function formatName<Row>(format: RowFormat<Row>): string {
  return `${format.file} ${format.version}`;
}
