import { cutOff, ItemFault, type RangedFile } from '../../manifests/item-files/ranged-file.js';
import { locationOf, type Part } from '../../manifests/location.js';
import { itemReaders } from './containers/index.js';
import type { ItemReader, StoredItem } from './containers/item-reader.js';
import {
  type ByteRange,
  digest,
  type FileReading,
  fileSize,
  LARGEST_FILE,
  readBytes,
  readRange,
  regularFile,
} from './read-file.js';
import { ImageError } from './source.js';

/** An image where it is stored: found, not read yet. */
export interface FoundImage {
  /** Bytes of memory that reading it takes. */
  readonly size: number;
  /** @throws ImageError and SystemFault as what finds it does */
  readonly read: () => Promise<StoredItem>;
}

/** Finds images by their paths, be they files of their own or in files of many (`locationOf`). */
export type FindImage = (path: string, reading: FileReading) => Promise<FoundImage>;

/**
 * Finds images, and keeps what is learnt of files of many.
 * @returns what throws an ImageError where the image or its file is missing, empty, cut off or none, and a SystemFault
 * where the machine is at fault
 */
export function imageFinder(): FindImage {
  const readers = itemReaders();
  return async (path, reading) => {
    const { file, part } = locationOf(path);
    switch (part?.kind) {
      case undefined: {
        const size = await fileSize(path, reading);
        return { size, read: async () => ({ bytes: await readBytes(path, size, reading), pixels: null }) };
      }
      case 'bytes':
        return archived(path, file, part, reading);
      case 'item':
        return item(path, file, part, reading, readers);
    }
  };
}

async function archived(
  path: string,
  file: string,
  range: ByteRange,
  reading: FileReading,
): Promise<FoundImage> {
  const { size } = await regularFile(path, file, reading);
  const { offset, length } = range;
  if (offset + length > size)
    throw new ImageError(
      path,
      `${path}: the archive has ${size} bytes and ends before this image does; make its manifest again, or restore it`,
    );
  if (length === 0)
    throw new ImageError(
      path,
      `${path}: the image is empty (0 bytes) in its archive; restore the archive from its source`,
      digest(new Uint8Array(0)),
    );
  if (length > LARGEST_FILE)
    throw new ImageError(path, `${path}: ${length} bytes are more than the ${LARGEST_FILE} that are read`);
  return {
    size: length,
    read: async () => {
      const bytes = await readRange(path, file, range, reading);
      if (bytes.length === length) return { bytes, pixels: null };
      throw new ImageError(path, `${path}: the archive ended while it was read; restore it from its source`);
    },
  };
}

async function item(
  path: string,
  file: string,
  { index, column }: Extract<Part, { kind: 'item' }>,
  reading: FileReading,
  readers: readonly ItemReader[],
): Promise<FoundImage> {
  const reader = readers.find(({ extension }) => file.toLowerCase().endsWith(extension));
  if (!reader) throw new TypeError(`nothing reads images of ${file}`);
  const { size, mtimeMs } = await regularFile(path, file, reading);
  const ranged: RangedFile = {
    path: file,
    size,
    version: `${size} ${mtimeMs}`,
    read: async (offset, length) => {
      const bytes = await readRange(path, file, { offset, length }, reading);
      if (bytes.length === length) return bytes;
      throw cutOff(offset + length);
    },
  };
  const naming = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof ItemFault)) throw error;
      throw new ImageError(path, `${path}: ${error.message}`, null, { cause: error });
    }
  };
  return {
    size: await naming(reader.cost(ranged, index, column)),
    read: () => naming(reader.read(ranged, index, column)),
  };
}
