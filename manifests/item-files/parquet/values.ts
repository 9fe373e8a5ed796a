import { crc32 } from 'node:zlib';
import { ItemFault, type RangedFile } from '../ranged-file.js';
import { codecs } from './codecs.js';
import type { Column } from './columns.js';
import { readHybrid } from './hybrid.js';
import type { DataPage, Page } from './pages.js';
import type { ColumnChunk } from './table.js';

/** What columns hold that are read: bytes, or integers. */
export type Value = Uint8Array | number;

/** Values that are taken out of the bytes of a page one at a time: millions of small ones would take many times its memory. */
export interface Values {
  readonly count: number;
  /** @param i below `count` */
  at(i: number): Value;
}

/** Values of the rows of a page, by row counted from the first of the page. */
export interface PageValues {
  /** Null where the row has none. */
  at(row: number): Value | null;
}

/** Parquet's numbers of the encodings that are read. */
const plain = 0;
const byNumber = [2, 8];
const otherEncodings: Readonly<Record<number, string>> = {
  3: 'RLE',
  5: 'DELTA_BINARY_PACKED',
  6: 'DELTA_LENGTH_BYTE_ARRAY',
  7: 'DELTA_BYTE_ARRAY',
  9: 'BYTE_STREAM_SPLIT',
};

/** What footers list of columns that are read; RLE and BIT_PACKED are those of levels. */
const readEncodings: readonly string[] = ['PLAIN', 'PLAIN_DICTIONARY', 'RLE_DICTIONARY', 'RLE', 'BIT_PACKED'];

/** @throws ItemFault where the footer says that values are written or compressed in a way that is not read */
export function requireReadableChunk({ encodings, codec }: ColumnChunk, column: Column): void {
  const unread = encodings.find((encoding) => !readEncodings.includes(encoding));
  if (unread !== undefined) throw unreadEncoding(column, unread);
  decompressorOf(codec);
}

function unreadEncoding({ path }: Column, name: string): ItemFault {
  return new ItemFault(
    `column ${path.join('.')} is encoded as ${name}, which is not read; write it with pyarrow's usual encodings, PLAIN or by dictionary`,
  );
}

/** @throws ItemFault where the page is damaged, or compressed in a way that is not read */
export async function readDictionary(file: RangedFile, chunk: ColumnChunk, page: Page): Promise<Values> {
  const stored = await file.read(page.start, page.stored);
  return decoding(page, () => plainValues(decompressed(stored, page, chunk), chunk.type, page.values));
}

/**
 * @param dictionary of the page's chunk, where it has one
 * @throws ItemFault where the page is damaged, or written in a way that is not read
 */
export async function readPage(
  file: RangedFile,
  chunk: ColumnChunk,
  page: DataPage,
  column: Column,
  dictionary: Values | null,
): Promise<PageValues> {
  if (page.encoding !== plain && !byNumber.includes(page.encoding)) {
    throw unreadEncoding(column, otherEncodings[page.encoding] ?? `number ${page.encoding}`);
  }
  const stored = await file.read(page.start, page.stored);
  return decoding(page, () => {
    const { levelBytes, valueBytes } =
      page.apart === null ? inOne(stored, page, chunk, column) : apart(stored, page, chunk);
    const levels = column.depth === 0 ? null : readHybrid(levelBytes, bitsFor(column.depth), page.values);
    const places = levels === null ? null : placesOf(levels, column.depth);
    const present = places === null ? page.values : places.present;
    const values =
      page.encoding === plain
        ? plainValues(valueBytes, chunk.type, present)
        : looked(valueBytes, present, dictionary ?? { count: 0, at: () => 0 });
    return {
      at: (row) =>
        levels !== null && levels[row] !== column.depth ? null : values.at(places?.at[row] ?? row),
    };
  });
}

/** Which of the stored values a row has: nulls are not stored. */
function placesOf(
  levels: Uint32Array,
  depth: number,
): { readonly at: Uint32Array; readonly present: number } {
  const at = new Uint32Array(levels.length);
  let present = 0;
  for (const [row, level] of levels.entries()) {
    at[row] = present;
    if (level === depth) present++;
  }
  return { at, present };
}

interface Parts {
  readonly levelBytes: Uint8Array;
  readonly valueBytes: Uint8Array;
}

/** Levels behind their length, then values, compressed as one. */
function inOne(stored: Uint8Array, page: Page, chunk: ColumnChunk, { depth }: Column): Parts {
  const bytes = decompressed(stored, page, chunk);
  if (depth === 0) return { levelBytes: bytes.subarray(0, 0), valueBytes: bytes };
  const length = viewOf(bytes).getUint32(0, true);
  if (length > bytes.length - 4) throw new RangeError('levels are cut off');
  return { levelBytes: bytes.subarray(4, 4 + length), valueBytes: bytes.subarray(4 + length) };
}

/** Levels as they are, then values, compressed or not. */
function apart(stored: Uint8Array, page: DataPage, chunk: ColumnChunk): Parts {
  const { levels = 0, repetitions = 0, isCompressed = true } = page.apart ?? {};
  const before = levels + repetitions;
  if (before > page.stored || before > page.decompressed) throw new RangeError('levels are cut off');
  const rest = { ...page, stored: page.stored - before, decompressed: page.decompressed - before };
  checkSum(stored, page);
  const values = stored.subarray(before);
  return {
    levelBytes: stored.subarray(repetitions, before),
    valueBytes: isCompressed ? decompressed(values, { ...rest, crc: null }, chunk) : values,
  };
}

function decompressed(stored: Uint8Array, page: Page, { codec }: ColumnChunk): Uint8Array {
  checkSum(stored, page);
  const decompress = decompressorOf(codec);
  // Nothing may be compressed at all, where all values are null.
  if (page.stored === 0 && page.decompressed === 0) return stored;
  const bytes = decompress(stored, page.decompressed);
  if (bytes.length !== page.decompressed)
    throw new RangeError(`${bytes.length} bytes, expected ${page.decompressed}`);
  return bytes;
}

function decompressorOf(codec: string): NonNullable<(typeof codecs)[string]> {
  const decompress = Object.hasOwn(codecs, codec) ? codecs[codec] : undefined;
  if (decompress !== undefined) return decompress;
  throw new ItemFault(
    `is compressed by ${codec}, which is not read; write it again with snappy, gzip or zstd`,
  );
}

function checkSum(stored: Uint8Array, { crc }: Page): void {
  if (crc !== null && crc32(stored) !== crc) throw new RangeError('another checksum');
}

function plainValues(bytes: Uint8Array, type: string, count: number): Values {
  const view = viewOf(bytes);
  const numbers = (size: number, read: (at: number) => number): Values => {
    if (count * size > bytes.length) throw new RangeError('numbers are cut off');
    return { count, at: (i) => read(i * size) };
  };
  switch (type) {
    case 'INT32':
      return numbers(4, (at) => view.getInt32(at, true));
    case 'INT64':
      return numbers(8, (at) => Number(view.getBigInt64(at, true)));
    case 'BYTE_ARRAY':
      return texts(bytes, view, count);
    default:
      throw new ItemFault(`holds values of type ${type}, which are not read`);
  }
}

/** Values behind their lengths. */
function texts(bytes: Uint8Array, view: DataView, count: number): Values {
  if (count * 4 > bytes.length) throw new RangeError('values are cut off');
  const ends = new Uint32Array(count);
  let end = 0;
  for (let i = 0; i < count; i++) {
    if (end + 4 > bytes.length) throw new RangeError('a value is cut off');
    end += 4 + view.getUint32(end, true);
    if (end > bytes.length) throw new RangeError('a value is cut off');
    ends[i] = end;
  }
  return { count, at: (i) => bytes.subarray((ends[i - 1] ?? 0) + 4, ends[i]) };
}

/** Values of the dictionary by number: how many bits each has, then the numbers. */
function looked(bytes: Uint8Array, count: number, dictionary: Values): Values {
  const [width = 0] = bytes;
  const numbers = readHybrid(bytes.subarray(1), width, count);
  const wrong = numbers.find((number) => number >= dictionary.count);
  if (wrong !== undefined) throw new RangeError(`value ${wrong} of ${dictionary.count}`);
  return { count, at: (i) => dictionary.at(numbers[i] ?? 0) };
}

const bitsFor = (largest: number): number => 32 - Math.clz32(largest);

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** What decoders say of damage varies with what they find in it. */
function decoding<T>({ start }: Page, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ItemFault) throw error;
    throw new ItemFault(`the page at byte ${start} is damaged; restore the file from its source`, {
      cause: error,
    });
  }
}
