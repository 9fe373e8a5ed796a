import { setImmediate as settled } from 'node:timers/promises';
import {
  type Data,
  Dictionary,
  Field,
  Int32,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import type { Layout } from '../../../workers/arrow/column.js';
import { type ArrowColumn, arrowColumn } from '../../../workers/arrow/column-data.js';
import type { ExportColumn, ExportFormat } from '../export-table.js';

/** Arrow IPC, the format of files (Feather 2), a record batch a batch, not compressed. */
export const arrowFormat: ExportFormat = {
  hasLists: true,
  async *write(table) {
    const { columns, about } = table;
    const typed = columns.map((column, at) => ({ ...column, ...columnType(column, at + 1) }));
    const schema = new Schema(
      typed.map(({ name, type }) => new Field(name, type, true)),
      new Map(Object.entries(about)),
    );
    const type = new Struct(schema.fields);
    const writer = new RecordBatchFileWriter();
    writer.reset(undefined, schema);
    const written = new Written(writer);
    for await (const { rows, cells } of table.batches()) {
      const bitmapBytes = Math.ceil(rows / 8);
      const children = typed.map(({ data }, at) =>
        data(rows, (row) => cells[at]?.[row] ?? null, bitmapBytes),
      );
      writer.write(new RecordBatch(schema, makeData({ type, length: rows, nullCount: 0, children })));
      yield* written.soFar();
    }
    writer.finish();
    yield* written.soFar();
  },
};

/** What a writer has written, taken out of it piece by piece. */
class Written {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #next: Promise<IteratorResult<Uint8Array>> | null = null;

  constructor(writer: RecordBatchFileWriter) {
    this.#pieces = writer[Symbol.asyncIterator]();
  }

  /** All pieces that are there; at the end of the writer, the last ones. */
  async *soFar(): AsyncGenerator<Uint8Array> {
    for (;;) {
      this.#next ??= this.#pieces.next();
      // A piece that is there comes before the next turn of the event loop.
      const piece = await Promise.race([this.#next, settled(null)]);
      if (piece === null) return;
      this.#next = null;
      if (piece.done) return;
      yield piece.value;
    }
  }
}

/** @param number of the column's dictionary, if it has one */
function columnType({ kind, words }: ExportColumn, number: number): ArrowColumn {
  return kind === 'word' ? wordColumn(words, number) : arrowColumn(layouts[kind]);
}

const layouts = {
  text: 'texts',
  whole: 'int32s',
  number: 'doubles',
  singles: 'lists of singles',
} as const satisfies Readonly<Record<string, Layout>>;

/** Words as a dictionary that all batches share: in files of Arrow it is written once and can't change. */
function wordColumn(words: readonly string[], number: number): ArrowColumn {
  const type = new Dictionary(new Utf8(), new Int32(), number, false);
  const dictionary = vectorFromArray([...words], new Utf8());
  const places = new Map(words.map((word, place) => [word, place]));
  return {
    type,
    data: (length, cell): Data => {
      const data = Int32Array.from({ length }, (_, row) => placeOf(places, cell(row)));
      return makeData({ type, length, nullCount: 0, data, dictionary });
    },
  };
}

function placeOf(places: ReadonlyMap<unknown, number>, cell: unknown): number {
  const place = places.get(cell);
  if (place === undefined) throw new RangeError(`${String(cell)} is none of the words of its column`);
  return place;
}
