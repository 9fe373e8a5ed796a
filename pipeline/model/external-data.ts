import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, normalize, resolve, sep } from 'node:path';
import { ModelError } from '../../stages/errors.js';
import type { ExternalData } from '../../stages/onnx/decode-tensor.js';
import { shown } from '../../stages/shown.js';

/** Bytes that are read, or hashed, in one call: Node takes less than 2 GiB. */
export const largestPart = 2 ** 30;

/**
 * Reads what a model file keeps in others. A model file comes from anywhere, and names files: only regular files in its
 * own folder are read, links followed. Its folder is that of the path it was opened by, and that of the file which the
 * path leads to: a cache of downloads may hold files under other names in one folder, and links to them in another.
 */
export function externalDataBeside(file: string): ExternalData {
  let folders: readonly string[] | undefined;
  return (location, offset, length) => {
    folders ??= [realpathSync(dirname(resolve(file))), dirname(realpathSync(file))];
    return readPart(placeOf(file, location, folders), location, offset, length);
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

function readPart(place: string, location: string, offset: number, length: number): Uint8Array {
  const what = `its external data ${shown(location)}`;
  try {
    // A pipe would keep whoever opens it waiting, without the flag.
    const descriptor = openSync(place, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const status = fstatSync(descriptor);
      if (!status.isFile()) throw new ModelError(`${what} is not a regular file; store the weights in one`);
      if (offset + length > status.size)
        throw unreadable(what, `${status.size} bytes, of which ${length} are wanted from ${offset} on`);
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
    if (error instanceof ModelError) throw error;
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
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
