import { ItemFault, type RangedFile } from '../ranged-file.js';
import type { Column } from './columns.js';
import { type ChunkPages, type DataPage, type Page, readPages } from './pages.js';
import type { ColumnChunk, ParquetTable, RowGroup } from './table.js';
import {
  type PageValues,
  readDictionary,
  readPage,
  requireReadableChunk,
  type Value,
  type Values,
} from './values.js';

/** Reads cells of one column of a table at a time, of whichever table: one page is kept, and the dictionary of its group. */
export interface ColumnReader {
  /**
   * Bytes of memory that reading a cell takes: those of its page, stored and decompressed, where it is not kept.
   * @throws ItemFault where there is no such row, or the file is damaged
   */
  cost(file: RangedFile, table: ParquetTable, column: Column, row: number): Promise<number>;
  /** @returns null where the row has none @throws ItemFault as `cost` */
  read(file: RangedFile, table: ParquetTable, column: Column, row: number): Promise<Value | null>;
}

/** Where a cell is. */
interface Place {
  readonly chunk: ColumnChunk;
  readonly dictionary: Page | null;
  readonly page: DataPage;
  /** Counted from the first of the page. */
  readonly row: number;
}

/** Parquet's number of the encoding that needs no dictionary. */
const plain = 0;

export function columnReader(): ColumnReader {
  const known = new WeakMap<ColumnChunk, Promise<ChunkPages>>();
  let keptDictionary: { readonly page: Page; readonly values: Values } | null = null;
  let keptPage: { readonly page: DataPage; readonly values: PageValues } | null = null;
  let last: Promise<unknown> = Promise.resolve();

  const pagesOf = (file: RangedFile, chunk: ColumnChunk): Promise<ChunkPages> => {
    const found = known.get(chunk);
    if (found !== undefined) return found;
    const pages = readPages(file, chunk);
    known.set(chunk, pages);
    // A fault of the system may pass.
    pages.catch(() => known.delete(chunk));
    return pages;
  };
  const locate = async (
    file: RangedFile,
    table: ParquetTable,
    column: Column,
    row: number,
  ): Promise<Place> => {
    const { group, chunk } = chunkAt(table, column, row);
    const { dictionary, pages } = await pagesOf(file, chunk);
    const page = pageAt(pages, row - group.first);
    return { chunk, dictionary, page, row: row - group.first - page.first };
  };
  const load = async (
    file: RangedFile,
    column: Column,
    { chunk, dictionary, page }: Place,
  ): Promise<PageValues> => {
    if (keptPage?.page === page) return keptPage.values;
    // Never two pages at once, nor two dictionaries.
    keptPage = null;
    const wanted = page.encoding === plain ? null : dictionary;
    if (keptDictionary !== null && keptDictionary.page !== dictionary) keptDictionary = null;
    if (wanted !== null && keptDictionary === null)
      keptDictionary = { page: wanted, values: await readDictionary(file, chunk, wanted) };
    const values = await readPage(file, chunk, page, column, keptDictionary?.values ?? null);
    keptPage = { page, values };
    return values;
  };

  return {
    cost: async (file, table, column, row) => {
      const { dictionary, page, row: inPage } = await locate(file, table, column, row);
      if (keptPage?.page === page) {
        const value = keptPage.values.at(inPage);
        return value instanceof Uint8Array ? value.length : 0;
      }
      const other = dictionary === null || keptDictionary?.page === dictionary ? null : dictionary;
      return page.stored + page.decompressed + (other === null ? 0 : other.stored + other.decompressed);
    },
    read: async (file, table, column, row) => {
      const place = await locate(file, table, column, row);
      // One after the other, so that images of one page that are asked for at once are read with it once.
      const mine = last.then(async (): Promise<Value | null> => {
        const values = await load(file, column, place);
        const value = values.at(place.row);
        return value instanceof Uint8Array ? value.slice() : value;
      });
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

/** Values of all rows, in order. @throws ItemFault where the file is damaged */
export async function* readColumn(
  file: RangedFile,
  table: ParquetTable,
  column: Column,
): AsyncGenerator<Value | null, void> {
  for (const group of table.groups) {
    if (group.rows === 0) continue;
    const { chunk } = chunkAt(table, column, group.first);
    const { dictionary, pages } = await readPages(file, chunk);
    const values = dictionary === null ? null : await readDictionary(file, chunk, dictionary);
    for (const page of pages) {
      const cells = await readPage(file, chunk, page, column, values);
      for (let row = 0; row < page.values; row++) yield cells.at(row);
    }
  }
}

/**
 * Refuses a column by what the table's footer says of it, before any value is read.
 * @throws ItemFault where it is encrypted, in another file, or written or compressed in a way that is not read
 */
export function requireReadable(table: ParquetTable, column: Column): void {
  for (const { rows, first } of table.groups)
    if (rows > 0) requireReadableChunk(chunkAt(table, column, first).chunk, column);
}

function chunkAt(
  { rows, groups }: ParquetTable,
  column: Column,
  row: number,
): { readonly group: RowGroup; readonly chunk: ColumnChunk } {
  const group = groups.find(({ first, rows: count }) => row >= first && row < first + count);
  if (group === undefined)
    throw new ItemFault(`there is no row ${row}: the table has ${rows}, counted from 0`);
  const chunk = group.chunks.get(column.key);
  const name = column.path.join('.');
  if (chunk === undefined)
    throw new ItemFault(
      `column ${name} is encrypted, or in another file, which is not read; write the table as one plain file`,
    );
  if (chunk.values !== group.rows || chunk.type !== column.type)
    throw new ItemFault(
      `is damaged: column ${name} has ${chunk.values} values in a group of ${group.rows} rows; restore it from its source`,
    );
  return { group, chunk };
}

/** By halves: a group may have thousands of pages. */
function pageAt(pages: readonly DataPage[], row: number): DataPage {
  let [low, high] = [0, pages.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((pages[middle]?.first ?? Number.POSITIVE_INFINITY) <= row) low = middle;
    else high = middle - 1;
  }
  const page = pages[low];
  if (page === undefined)
    throw new ItemFault('is damaged: a column has no pages; restore it from its source');
  return page;
}
