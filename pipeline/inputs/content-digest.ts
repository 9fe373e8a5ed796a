import { setTimeout as pause } from 'node:timers/promises';
import { RunFailedError } from '../../stages/errors.js';
import { call, setting } from '../../stages/setting.js';
import { digest, systemFiles } from '../../workers/images/read-file.js';
import { ImageError } from '../../workers/images/source.js';
import { imageFinder } from '../../workers/images/stored-image.js';
import { SystemFault } from '../../workers/images/system-fault.js';

/** Keeps what it learns of files of many, for all images of a process. */
const find = imageFinder();

/**
 * The sha256 (hex) of an image's bytes, read as patiently as for scoring.
 * @returns null where it is no file that can be an image
 * @throws RunFailedError when it can't be read now, be it by a fault of the system
 */
export async function contentDigest(path: string): Promise<string | null> {
  const reading = { files: systemFiles, sleep: pause, isKnown: true };
  try {
    const found = await find(path, reading);
    return digest((await found.read()).bytes);
  } catch (error) {
    if (error instanceof ImageError) return error.sha256;
    if (!(error instanceof SystemFault)) throw error;
    throw new RunFailedError(
      `${error.message}; so it can't be checked for changes since it was scored; ${call('again')}, or skip the check with ${setting('trustImages')}`,
      { cause: error },
    );
  }
}
