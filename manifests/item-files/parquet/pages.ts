import { ItemFault, type RangedFile } from '../ranged-file.js';
import type { ColumnChunk } from './table.js';
import { readStruct, ThriftEnd, type ThriftStruct, type ThriftValue } from './thrift.js';

/** Where a page lies, and how its values are written. */
export interface Page {
  /** Place of its bytes, behind its header, and how many they are as stored and as decompressed. */
  readonly start: number;
  readonly stored: number;
  readonly decompressed: number;
  /** CRC-32 of the bytes as stored; null where the writer noted none. */
  readonly crc: number | null;
  readonly values: number;
  /** Parquet's number of the encoding. */
  readonly encoding: number;
}

/** A page of values of rows. */
export interface DataPage extends Page {
  /** Row that its first value is of, counted from the first of the group. */
  readonly first: number;
  /** What pages of the second version keep uncompressed before their values; null for the first version. */
  readonly apart: {
    readonly levels: number;
    readonly repetitions: number;
    readonly isCompressed: boolean;
  } | null;
}

/** The pages of a column in a group. */
export interface ChunkPages {
  /** Values that pages refer to by number. */
  readonly dictionary: Page | null;
  /** In the order of the rows. */
  readonly pages: readonly DataPage[];
}

/** Bytes of a page that are read, as stored and as decompressed: a thousand large photographs. */
const largestPage = 2 ** 28;
/** Pages without values, which no writer needs. */
const mostEmptyPages = 100;
/** Headers have some 50 bytes, and with the least and the greatest value a few thousand. */
const usualHeader = 2 ** 12;
const largestHeader = 2 ** 20;

const pageTypes = ['data', 'index', 'dictionary', 'data of version 2'] as const;

/**
 * Finds the pages of a column in a group by their headers; what is between these is not read.
 * @throws ItemFault where they are damaged, or too large
 */
export async function readPages(file: RangedFile, chunk: ColumnChunk): Promise<ChunkPages> {
  const pages: DataPage[] = [];
  const end = chunk.start + chunk.length;
  let dictionary: Page | null = null;
  let first = 0;
  let others = 0;
  for (let at = chunk.start; first < chunk.values; ) {
    const damaged = new ItemFault(
      `is damaged: no page of values is at byte ${at}; restore it from its source`,
    );
    const header = at < end ? await headerAt(file, at, end, damaged) : null;
    if (header === null) throw damaged;
    const { fields } = header;
    const kind = pageTypes[integer(fields.get(1))];
    const page = pageOf(fields, at + header.length, kind);
    if (page === null || page.start + page.stored > end) throw damaged;
    if (page.stored > largestPage || page.decompressed > largestPage)
      throw new ItemFault(
        `the page at byte ${at} has ${page.decompressed} bytes, more than the ${largestPage} that are read at once; write the file again in smaller row groups (row_group_size=100)`,
      );
    at = page.start + page.stored;
    if (kind === 'dictionary' && dictionary === null && pages.length === 0) dictionary = page;
    else if (kind !== 'dictionary' && page.values > 0) {
      if (page.values > chunk.values - first) throw damaged;
      pages.push({ ...page, first, apart: apartOf(fields) });
      first += page.values;
    } else if (++others > mostEmptyPages) throw damaged;
  }
  return { dictionary, pages };
}

async function headerAt(
  file: RangedFile,
  at: number,
  end: number,
  damaged: ItemFault,
): Promise<{ readonly fields: ThriftStruct; readonly length: number }> {
  for (let size = usualHeader; ; size *= 16) {
    const bytes = await file.read(at, Math.min(size, end - at));
    try {
      const { fields, end: length } = readStruct(bytes);
      return { fields, length };
    } catch (error) {
      if (!(error instanceof ThriftEnd) || size >= largestHeader || bytes.length < size) throw damaged;
    }
  }
}

/** @returns null where the header is none */
function pageOf(
  fields: ThriftStruct,
  start: number,
  kind: (typeof pageTypes)[number] | undefined,
): Page | null {
  const own = fields.get(kind === 'dictionary' ? 7 : kind === 'data' ? 5 : 8);
  const crc = fields.get(4);
  const [decompressed, stored] = [integer(fields.get(2)), integer(fields.get(3))];
  const [values, encoding] =
    kind === 'index'
      ? [0, 0]
      : own instanceof Map
        ? [integer(own.get(1)), integer(own.get(kind === 'data of version 2' ? 4 : 2))]
        : [-1, -1];
  const isPage = kind !== undefined && stored >= 0 && decompressed >= 0 && values >= 0 && encoding >= 0;
  if (!isPage) return null;
  return { start, stored, decompressed, crc: typeof crc === 'number' ? crc >>> 0 : null, values, encoding };
}

function apartOf(fields: ThriftStruct): DataPage['apart'] {
  const own = fields.get(8);
  if (!(own instanceof Map)) return null;
  const [levels, repetitions] = [integer(own.get(5)), integer(own.get(6))];
  return {
    levels: Math.max(0, levels),
    repetitions: Math.max(0, repetitions),
    isCompressed: own.get(7) !== false,
  };
}

/** −1 where a field is missing or no number. */
function integer(value: ThriftValue | undefined): number {
  return typeof value === 'number' ? value : -1;
}
