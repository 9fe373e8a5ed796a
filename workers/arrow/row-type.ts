import { type Table, tableFromIPC } from 'apache-arrow';
import { RunFailedError } from '../../stages/errors.js';
import type { Columns, RowOf } from './column.js';
import { type CellsByRow, encodeTable, storedColumns } from './table-file.js';

/** What rows of one kind are, and how they become an Arrow file and come back. */
export interface RowDeclaration<Of extends Columns> {
  /** The file's name in a run directory, named in errors. */
  readonly file: string;
  /** Raised when columns or their meaning change. */
  readonly version: number;
  readonly columns: Of;
}

/** Rows of one kind as a file. */
export interface RowType<Row> {
  /** Of the columns, in their order. */
  readonly names: readonly (keyof Row & string)[];
  /**
   * The bytes of the file (Arrow IPC): equal for equal rows.
   * @param about what the schema's metadata says of all rows, by key
   */
  encode(rows: readonly Row[], about?: Readonly<Record<string, string>>): Uint8Array;
  /** @throws RunFailedError when the bytes are not those of such rows */
  decode(bytes: Uint8Array): Row[];
}

/** The rows that a row type is of. */
export type RowIn<Type> = Type extends RowType<infer Row> ? Row : never;

const formatKey = 'grodin.format';

/** Declares rows of one kind: their type, their file's schema, and both ways between them follow from the columns. */
export function rowType<Of extends Columns>(declaration: RowDeclaration<Of>): RowType<RowOf<Of>> {
  const { file, version, columns } = declaration;
  const format = `${file} ${version}`;
  return {
    names: Object.keys(columns) as (keyof Of & string)[],
    encode: (rows, about = {}) =>
      encodeTable({
        columns,
        rows: rows.length,
        cells: cellsOf(columns, rows),
        metadata: new Map([[formatKey, format], ...Object.entries(about)]),
        bitmapUnit: 64,
      }),
    decode: (bytes) => {
      const table = parse(file, bytes);
      const found = table.schema.metadata.get(formatKey);
      if (found !== format) {
        throw new RunFailedError(
          `${file} holds ${found === undefined ? 'no grodin rows' : `"${found}"`}, ` +
            `expected "${format}": remove the file and run again`,
        );
      }
      const stored = storedColumns(
        table,
        columns,
        (text) => new RunFailedError(`${file}: ${text}: remove the file and run again`),
      );
      return Array.from({ length: table.numRows }, (_, row) => rowAt(stored, row) as RowOf<Of>);
    },
  };
}

function cellsOf<Of extends Columns>(columns: Of, rows: readonly RowOf<Of>[]): CellsByRow<Of> {
  const cells = Object.keys(columns).map((name) => [name, (row: number) => rows[row]?.[name]]);
  return Object.fromEntries(cells) as CellsByRow<Of>;
}

function rowAt(stored: Readonly<Record<string, { at(row: number): unknown }>>, row: number): unknown {
  return Object.fromEntries(Object.entries(stored).map(([name, column]) => [name, column.at(row)]));
}

function parse(file: string, bytes: Uint8Array): Table {
  try {
    return tableFromIPC(bytes);
  } catch (cause) {
    throw new RunFailedError(
      `${file} is not an Arrow file (${bytes.length} bytes): remove it and run again`,
      {
        cause,
      },
    );
  }
}
