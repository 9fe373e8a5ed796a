import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, normalize, resolve, sep } from 'node:path';
import { ModelError } from '../../stages/errors.js';
import { isError } from '../../stages/is-error.js';
import type { ExternalData } from '../../stages/onnx/decode-tensor.js';
import { shown } from '../../stages/shown.js';
import { isAllocationFailure } from '../allocation-failure.js';

/** Bytes that are read, or hashed, in one call: Node takes less than 2 GiB. */
export const largestPart = 2 ** 30;

/** Bytes that a model's tensors may take beyond those of its files, as far as tensors share them. */
const sharedBytes = 2 ** 28;

/**
 * Reads what a model file keeps in others. A model file comes from anywhere, and names files: only regular files in its
 * own folder are read, links followed. Its folder is that of the path it was opened by, and that of the file which the
 * path leads to: a cache of downloads may hold files under other names in one folder, and links to them in another.
 * Tensors may lie in the same bytes, which are read for each: thousands of tensors of a damaged file could name the whole
 * of another, so that together they take no more than the files that they were read from, and a little.
 */
export function externalDataBeside(file: string): ExternalData {
  let folders: readonly string[] | undefined;
  const sizes = new Map<string, number>();
  let left = sharedBytes;
  return (location, offset, length) => {
    folders ??= [realpathSync(dirname(resolve(file))), dirname(realpathSync(file))];
    const place = placeOf(file, location, folders);
    return readPart(place, location, offset, length, (size) => {
      if (!sizes.has(place)) {
        sizes.set(place, size);
        left += size;
      }
      left -= length;
      if (left < 0)
        throw new ModelError(
          `its tensors take more bytes than its external data has, ${shown(location)} last: too many lie in the same; save the model with a place of its own for each`,
        );
    });
  };
}

/** @throws ModelError where a location leads out of the model's folders */
function placeOf(file: string, location: string, folders: readonly string[]): string {
  const what = `its external data ${shown(location)}`;
  const path = normalize(location);
  const leadsOut = isAbsolute(path) || path === '..' || path.startsWith(`..${sep}`) || path.includes('\0');
  if (leadsOut || location === '')
    throw new ModelError(
      `${what} lies outside the model's folder, and nothing there is read; put it beside the model, and save the model with the bare file name as location`,
    );
  const place = unlinked(resolve(dirname(file), path), what);
  if (!folders.some((folder) => place.startsWith(folder === sep ? sep : `${folder}${sep}`)))
    throw new ModelError(
      `${what} is a link to ${shown(place)}, outside the model's folder, and nothing there is read; copy the file beside the model`,
    );
  return place;
}

function unlinked(path: string, what: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw unreadable(what, codeOf(error), error);
  }
}

/** @param admit told the size of the file before anything is allocated; may throw */
function readPart(
  place: string,
  location: string,
  offset: number,
  length: number,
  admit: (size: number) => void,
): Uint8Array {
  const what = `its external data ${shown(location)}`;
  try {
    // A pipe would keep whoever opens it waiting, without the flag.
    const descriptor = openSync(place, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const status = fstatSync(descriptor);
      if (!status.isFile()) throw new ModelError(`${what} is not a regular file; store the weights in one`);
      if (offset + length > status.size)
        throw unreadable(what, `${status.size} bytes, of which ${length} are wanted from ${offset} on`);
      admit(status.size);
      const part = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        const read = readSync(descriptor, part, done, Math.min(length - done, largestPart), offset + done);
        if (read === 0) throw unreadable(what, 'it became shorter meanwhile');
        done += read;
      }
      return part;
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (error instanceof ModelError || isAllocationFailure(error)) throw error;
    throw unreadable(what, codeOf(error), error);
  }
}

function unreadable(what: string, why: string, cause?: unknown): ModelError {
  return new ModelError(
    `${what} can't be read (${why}); keep the file beside the model, whole and readable`,
    {
      cause,
    },
  );
}

function codeOf(error: unknown): string {
  return isError(error) && 'code' in error ? String(error.code) : String(error);
}
