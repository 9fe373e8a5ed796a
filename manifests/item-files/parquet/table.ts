import {
  type ColumnMetaData,
  type FileMetaData,
  parquetMetadata,
  parquetSchema,
  type SchemaTree,
} from 'hyparquet';
import { ItemFault, type RangedFile } from '../ranged-file.js';
import { readStruct } from './thrift.js';

/** What a Parquet file says of itself at its end. */
export interface ParquetTable {
  readonly rows: number;
  /** In the order of the rows. */
  readonly groups: readonly RowGroup[];
  /** The tree of columns. */
  readonly schema: SchemaTree;
  /** What the writer noted, by key. */
  readonly notes: ReadonlyMap<string, string>;
}

/** Rows that are stored together, column by column. */
export interface RowGroup {
  /** Number of its first row. */
  readonly first: number;
  readonly rows: number;
  /** By path, as `columnKey` writes it; those that are encrypted or in other files are left out. */
  readonly chunks: ReadonlyMap<string, ColumnChunk>;
}

/** One column of one group. */
export interface ColumnChunk {
  /** Bytes of the file. */
  readonly start: number;
  readonly length: number;
  /** Values, nulls included. */
  readonly values: number;
  /** Nulls; null where the writer did not count them. */
  readonly nulls: number | null;
  /** Parquet's names, for example `BYTE_ARRAY` and `SNAPPY`. */
  readonly type: string;
  readonly codec: string;
  /** Parquet's names of how its values and levels are written, for example `PLAIN`. */
  readonly encodings: readonly string[];
}

/** The names on the way to a column as one text. */
export const columnKey = (path: readonly string[]): string => JSON.stringify(path);

/** Footers have some hundred bytes a column and group. */
const largestFooter = 2 ** 23;
/** More rows than a file of images has. */
const mostRows = 2 ** 22;

const decoded = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** @throws ItemFault where it is no Parquet file, was cut off, or is encrypted */
export async function readParquetTable(file: RangedFile): Promise<ParquetTable> {
  const beginning = decoded(await file.read(0, Math.min(file.size, 64)));
  const end = await file.read(Math.max(0, file.size - 8), Math.min(8, file.size));
  const magic = decoded(end.subarray(-4));
  if (beginning.startsWith('version https://git-lfs'))
    throw new ItemFault('is a pointer of Git LFS, not the file itself; get it with: git lfs pull');
  if (magic === 'PARE' || beginning.startsWith('PARE'))
    throw new ItemFault('is an encrypted Parquet file, which is not read; write it again without encryption');
  if (!beginning.startsWith('PAR1'))
    throw new ItemFault('is no Parquet file: it does not begin with PAR1; check the path');
  if (file.size < 12 || magic !== 'PAR1')
    throw new ItemFault('is cut off: a Parquet file ends with PAR1; restore it from its source');
  const length = new DataView(end.buffer, end.byteOffset).getUint32(0, true);
  if (length > file.size - 12)
    throw new ItemFault(`is damaged: its footer claims ${length} bytes; restore it from its source`);
  if (length > largestFooter)
    throw new ItemFault(
      `its footer has ${length} bytes, more than the ${largestFooter} that are read; write it again in fewer and larger row groups, or several files`,
    );
  const footer = await file.read(file.size - 8 - length, length + 8);
  try {
    // Lengths are believed only once they are known to fit.
    readStruct(footer.subarray(0, length));
    return tableOf(file, parquetMetadata(footer, { geoparquet: false }));
  } catch (error) {
    if (error instanceof ItemFault) throw error;
    throw new ItemFault('is damaged: its footer can not be read; restore it from its source', {
      cause: error,
    });
  }
}

function tableOf(file: RangedFile, metadata: FileMetaData): ParquetTable {
  let rows = 0;
  const groups = metadata.row_groups.map((group): RowGroup => {
    const first = rows;
    const count = Number(group.num_rows);
    rows += count;
    if (!(count >= 0 && rows <= mostRows))
      throw new ItemFault(
        `has more than the ${mostRows} rows that are read of one file; write it as several`,
      );
    const chunks = new Map<string, ColumnChunk>();
    for (const { meta_data: meta, file_path: elsewhere, crypto_metadata: encrypted } of group.columns) {
      if (meta === undefined || elsewhere !== undefined || encrypted !== undefined) continue;
      chunks.set(columnKey(meta.path_in_schema), chunkOf(file, meta, count));
    }
    return { first, rows: count, chunks };
  });
  const notes = new Map((metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? '']));
  return { rows, groups, schema: parquetSchema(metadata), notes };
}

function chunkOf(file: RangedFile, meta: ColumnMetaData, rows: number): ColumnChunk {
  const offsets = [meta.dictionary_page_offset, meta.data_page_offset].map((offset) => Number(offset ?? 0));
  const start = Math.min(...offsets.filter((offset) => offset > 0));
  const length = Number(meta.total_compressed_size);
  const nulls = meta.statistics?.null_count;
  if (rows > 0 && !(start >= 4 && length >= 0 && start + length <= file.size))
    throw new ItemFault(
      `is cut off or damaged: column ${meta.path_in_schema.join('.')} lies at bytes ${start} to ${start + length} of ${file.size}; restore it from its source`,
    );
  return {
    start,
    length,
    values: Number(meta.num_values),
    nulls: nulls === undefined ? null : Number(nulls),
    type: meta.type,
    codec: meta.codec,
    encodings: meta.encodings,
  };
}
