import { readImageStack } from '../../../manifests/item-files/image-stack.js';
import { ItemFault, type RangedFile } from '../../../manifests/item-files/ranged-file.js';
import { type ItemReader, remembered, type StoredItem } from './item-reader.js';

/** Images of a stack [N, H, W, 3] or [N, H, W] of bytes, such as CIFAR-10-C's. */
export function npyItems(): ItemReader {
  const header = remembered(readImageStack);
  const locate = async (file: RangedFile, index: number) => {
    const { count, height, width, channels, start } = await header(file);
    if (index >= count)
      throw new ItemFault(`there is no image ${index}: the stack has ${count}, counted from 0`);
    const length = height * width * channels;
    return { height, width, channels, offset: start + index * length, length };
  };
  return {
    extension: '.npy',
    cost: async (file, index) => {
      const { height, width, length } = await locate(file, index);
      return length + 3 * height * width;
    },
    read: async (file, index): Promise<StoredItem> => {
      const { height, width, channels, offset, length } = await locate(file, index);
      const bytes = await file.read(offset, length);
      return { bytes, pixels: { width, height, data: channels === 3 ? bytes : repeatedThrice(bytes) } };
    },
  };
}

/** Grey as RGB. */
export function repeatedThrice(grey: Uint8Array): Uint8Array {
  const data = new Uint8Array(3 * grey.length);
  for (const [at, level] of grey.entries()) data.fill(level, 3 * at, 3 * at + 3);
  return data;
}
