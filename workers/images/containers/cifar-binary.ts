import {
  cifarLabelsOf,
  cifarPixels,
  cifarRow,
  readCifarBatch,
} from '../../../manifests/item-files/cifar-batch.js';
import { ItemFault, type RangedFile } from '../../../manifests/item-files/ranged-file.js';
import { type ItemReader, remembered, type StoredItem } from './item-reader.js';

const side = 32;

/** Images of CIFAR-10's and CIFAR-100's binary versions. The bytes of an image are its row's without the labels. */
export function cifarItems(): ItemReader {
  const batchOf = remembered(readCifarBatch);
  const locate = async (file: RangedFile, index: number) => {
    const { set, count } = await batchOf(file);
    if (index >= count)
      throw new ItemFault(`there is no image ${index}: the file has ${count} of ${set}, counted from 0`);
    return { set, length: cifarRow(set) };
  };
  return {
    extension: '.bin',
    cost: async (file, index) => {
      const { length } = await locate(file, index);
      return length + cifarPixels;
    },
    read: async (file, index): Promise<StoredItem> => {
      const { set, length } = await locate(file, index);
      const row = await file.read(index * length, length);
      cifarLabelsOf(row, set, index);
      const bytes = row.subarray(length - cifarPixels);
      return { bytes, pixels: { width: side, height: side, data: interleaved(bytes) } };
    },
  };
}

/** Planes [3, height, width] as pixels [height, width, 3]. */
function interleaved(planes: Uint8Array): Uint8Array {
  const size = planes.length / 3;
  const data = new Uint8Array(planes.length);
  for (const [at, level] of planes.entries()) data[3 * (at % size) + Math.floor(at / size)] = level;
  return data;
}
