import { type FileHandle, open } from 'node:fs/promises';
import { InputError } from '../../stages/errors.js';
import { isError } from '../../stages/is-error.js';

/** A file of which parts are read. */
export interface RangedFile {
  /** Absolute path, or as its user wrote it. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Another one once the file has changed: what was read of it before counts no more. */
  readonly version: string;
  /** So many bytes from a place on. @throws ItemFault where the file ends before them */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Why an image can't be had from a file of many, in words for its user, without the file's name. */
export class ItemFault extends Error {
  override readonly name = 'ItemFault';
}

/** @param end the byte before which the file should not have ended */
export const cutOff = (end: number): ItemFault =>
  new ItemFault(`is cut off: it ends before byte ${end}; restore it from its source`);

/**
 * Works on a file that a user named.
 * @param what it should be, for example `an array file`
 * @throws InputError naming the file: where it can't be read, or is not what it should be (an ItemFault of the work)
 */
export async function withRangedFile<T>(
  path: string,
  what: string,
  work: (file: RangedFile) => Promise<T>,
): Promise<T> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(path);
    const status = await handle.stat();
    if (!status.isFile())
      throw new ItemFault(`is ${status.isDirectory() ? 'a folder' : 'no regular file'}; expected ${what}`);
    return await work({
      path,
      size: status.size,
      version: `${status.size} ${status.mtimeMs}`,
      read: readerOf(handle),
    });
  } catch (error) {
    if (error instanceof ItemFault) throw new InputError(`${path}: ${error.message}`, { cause: error });
    const code = isError(error) && 'code' in error ? String(error.code) : null;
    if (code === null || error instanceof InputError) throw error;
    const why = code === 'ENOENT' || code === 'ENOTDIR' ? 'no such file' : `can't be read (${code})`;
    throw new InputError(`${path}: ${why}; expected ${what}`, { cause: error });
  } finally {
    await handle?.close();
  }
}

function readerOf(handle: FileHandle): RangedFile['read'] {
  return async (offset, length) => {
    const bytes = new Uint8Array(length);
    let found = 0;
    while (found < length) {
      const { bytesRead } = await handle.read(bytes, found, length - found, offset + found);
      if (bytesRead === 0) throw cutOff(offset + length);
      found += bytesRead;
    }
    return bytes;
  };
}
