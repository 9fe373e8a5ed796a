import { isAscii } from 'node:buffer';
import { Field, makeData, RecordBatch, Schema, Struct, Table, tableToIPC, Vector } from 'apache-arrow';
import type { CellOf, Column, Columns } from './column.js';
import { arrowColumn } from './column-data.js';

/** What each column's cell is in a row from 0 on. */
export type CellsByRow<Of extends Columns> = {
  readonly [Name in keyof Of]: (row: number) => CellOf<Of[Name]>;
};

/** What an Arrow file holds, and how. */
export interface TableContents<Of extends Columns> {
  readonly columns: Of;
  readonly rows: number;
  readonly cells: CellsByRow<Of>;
  /** Of the schema. */
  readonly metadata: Map<string, string>;
  /**
   * Bitmaps of nulls are padded to a multiple of so many bytes: readers take any length, but equal files need equal
   * bytes.
   */
  readonly bitmapUnit: number;
}

/** Writes an Arrow IPC file of one record batch: equal bytes for equal contents. */
export function encodeTable<Of extends Columns>(contents: TableContents<Of>): Uint8Array {
  const { columns, rows, cells, metadata, bitmapUnit } = contents;
  const bitmapBytes = Math.ceil(rows / 8 / bitmapUnit) * bitmapUnit;
  let dictionaries = 0;
  const named = Object.entries<Column<unknown>>(columns).map(([name, { layout, nullable }]) => {
    if (typeof layout === 'object') dictionaries += 1;
    const { type, data } = arrowColumn(layout, Math.max(1, dictionaries));
    return { field: new Field(name, type, nullable), data: data(rows, cells[name] ?? noCell, bitmapBytes) };
  });
  const fields = named.map(({ field }) => field);
  const children = named.map(({ data }) => data);
  const schema = new Schema(fields, metadata);
  const data = makeData({ type: new Struct(fields), length: rows, nullCount: 0, children });
  return tableToIPC(new Table(schema, [new RecordBatch(schema, data)]), 'file');
}

const noCell = (): null => null;

/** A column as it was found in a file. */
interface StoredColumn<Cell> {
  readonly nulls: number;
  isNull(row: number): boolean;
  /** Throws where the cell is of another kind. */
  at(row: number): Cell;
  /**
   * Numbers of a column of numbers, or places of a column of places, as they lie: of no meaning where null. Of a column of
   * lists, those of all lists, one behind the other.
   */
  readonly values: ArrayLike<number>;
  /** Where each list begins among them, and the last ends; empty for other columns. */
  readonly offsets: ArrayLike<number>;
  /** The texts that a column of places is among. */
  readonly texts: readonly string[];
}

/** Every column of a file. */
export type StoredColumns<Of extends Columns> = {
  readonly [Name in keyof Of]: StoredColumn<CellOf<Of[Name]>>;
};

/**
 * Finds the columns of a file that was read.
 * @param fault makes the error of a column that is missing or of another type, and of a cell that is
 */
export function storedColumns<Of extends Columns>(
  table: Table,
  columns: Of,
  fault: (text: string) => Error,
): StoredColumns<Of> {
  const found = Object.entries<Column<unknown>>(columns).map(([name, column]) => [
    name,
    storedColumn(table, name, column, fault),
  ]);
  // Typed by the names of the columns, which `Object.fromEntries` would lose.
  return Object.fromEntries(found) as StoredColumns<Of>;
}

function storedColumn<Cell>(
  table: Table,
  name: string,
  column: Column<Cell>,
  fault: (text: string) => Error,
): StoredColumn<Cell> {
  const vector = table.getChild(name);
  const expected = String(arrowColumn(column.layout).type);
  if (vector === null || String(vector.type) !== expected) {
    const there = vector === null ? 'missing' : String(vector.type);
    throw fault(`column "${name}" is ${there}, expected ${expected}`);
  }
  const [data] = vector.data;
  const isList = column.layout === 'lists of singles' || column.layout === 'lists of doubles';
  return {
    nulls: vector.nullCount,
    isNull: (row) => !vector.isValid(row),
    at: (row) => {
      const got: unknown = vector.get(row);
      const there = got instanceof Vector ? got.toArray() : got;
      const cell = column.read(there);
      if (cell !== undefined) return cell;
      const shown = typeof there === 'string' ? `"${there}"` : String(there);
      throw fault(`${shown} in column "${name}", expected ${column.expected}`);
    },
    values: (isList ? data?.children[0]?.values : data?.values) ?? [],
    offsets: (isList ? data?.valueOffsets : null) ?? [],
    texts: data?.dictionary ? textsOf(data.dictionary) : [],
  };
}

/** All texts of a vector, of which files of many images have as many: where they are plain, without Arrow's reading of each. */
function textsOf(vector: Vector): readonly string[] {
  const [data, ...others] = vector.data;
  const [bytes, offsets] = [data?.values, data?.valueOffsets];
  const isPlain =
    others.length === 0 && vector.nullCount === 0 && bytes instanceof Uint8Array && isAscii(bytes);
  if (!isPlain || !(offsets instanceof Int32Array)) return Array.from(vector, String);
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // No parts of one long text, which each of them would keep alive.
  return Array.from({ length: vector.length }, (_, nth) =>
    all.toString('latin1', offsets[nth], offsets[nth + 1]),
  );
}
