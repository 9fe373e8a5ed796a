import type { RangedFile } from '../../../manifests/item-files/ranged-file.js';
import type { Pixels } from '../pixels.js';

/** One image of a file that holds many. */
export interface StoredItem {
  /** What the image is made of, byte by byte as it is stored: its digest is theirs. */
  readonly bytes: Uint8Array;
  /** Its pixels, where the bytes are no image file. */
  readonly pixels: Pixels | null;
}

/** Reads images of one kind of file that holds many. One kind a file of this folder. */
export interface ItemReader {
  /** What names of such files end in, in lower case. */
  readonly extension: string;
  /**
   * Bytes of memory that reading an image takes.
   * @param column of a table, null where the table says itself which
   * @throws ItemFault when the file is none of its kind, or has no such image
   */
  cost(file: RangedFile, index: number, column: string | null): Promise<number>;
  /** @throws ItemFault as `cost` */
  read(file: RangedFile, index: number, column: string | null): Promise<StoredItem>;
}

/** What was last learnt of files, by path, until they change: their headers. */
export function remembered<T>(
  learn: (file: RangedFile) => Promise<T>,
  atMost = 64,
): (file: RangedFile) => Promise<T> {
  const known = new Map<string, { readonly version: string; readonly learnt: Promise<T> }>();
  return (file) => {
    const found = known.get(file.path);
    if (found?.version === file.version) return found.learnt;
    const learnt = learn(file);
    known.delete(file.path);
    known.set(file.path, { version: file.version, learnt });
    // A fault of the system may pass.
    learnt.catch(() => {
      if (known.get(file.path)?.learnt === learnt) known.delete(file.path);
    });
    const [oldest] = known.keys();
    if (known.size > atMost && oldest !== undefined) known.delete(oldest);
    return learnt;
  };
}
