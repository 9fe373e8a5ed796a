import { cifarItems } from './cifar-binary.js';
import type { ItemReader } from './item-reader.js';
import { npyItems } from './npy.js';
import { parquetItems } from './parquet.js';

/** A reader of every kind of file that holds many images, each of which keeps what it has learnt of files. */
export const itemReaders = (): readonly ItemReader[] => [npyItems(), cifarItems(), parquetItems()];
