import { type ColumnReader, columnReader } from '../../../manifests/item-files/parquet/column-reader.js';
import { embedImages, type ImageColumn, imageColumn } from '../../../manifests/item-files/parquet/columns.js';
import { type ParquetTable, readParquetTable } from '../../../manifests/item-files/parquet/table.js';
import { ItemFault, type RangedFile } from '../../../manifests/item-files/ranged-file.js';
import { type ItemReader, remembered, type StoredItem } from './item-reader.js';

/** Image files in rows of a Parquet table. One page of a table is kept, decompressed: neighbours are read with it. */
export function parquetItems(): ItemReader {
  const tableOf = remembered(readParquetTable);
  const cells = columnReader();
  const found = async (file: RangedFile, name: string | null) => {
    const table = await tableOf(file);
    return { table, images: imageColumn(table, name) };
  };
  return {
    extension: '.parquet',
    cost: async (file, row, name) => {
      const { table, images } = await found(file, name);
      return cells.cost(file, table, images.bytes, row);
    },
    read: async (file, row, name): Promise<StoredItem> => {
      const { table, images } = await found(file, name);
      const value = await cells.read(file, table, images.bytes, row);
      if (value instanceof Uint8Array && value.length > 0) return { bytes: value, pixels: null };
      if (value !== null) throw new ItemFault('the image is empty (0 bytes); write it again from its source');
      throw new ItemFault(await whyNull(cells, file, table, images, row));
    },
  };
}

/** Hugging Face's libraries may write where an image lies in place of its bytes. */
async function whyNull(
  cells: ColumnReader,
  file: RangedFile,
  table: ParquetTable,
  { path }: ImageColumn,
  row: number,
): Promise<string> {
  const named = path === null ? null : await cells.read(file, table, path, row);
  return named === null
    ? 'the row has no image (null); leave it out of the manifest'
    : `the image is given by its path alone; ${embedImages}`;
}
