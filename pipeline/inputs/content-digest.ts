import { setTimeout as pause } from 'node:timers/promises';
import { RunFailedError } from '../../stages/errors.js';
import { call, setting } from '../../stages/setting.js';
import { digest, fileSize, readBytes, systemFiles } from '../../workers/images/read-file.js';
import { ImageError } from '../../workers/images/source.js';
import { SystemFault } from '../../workers/images/system-fault.js';

/**
 * The sha256 (hex) of an image file, read as patiently as for scoring.
 * @returns null where it is no file that can be an image
 * @throws RunFailedError when it can't be read now, be it by a fault of the system
 */
export async function contentDigest(file: string): Promise<string | null> {
  const reading = { files: systemFiles, sleep: pause, isKnown: true };
  try {
    return digest(await readBytes(file, await fileSize(file, reading), reading));
  } catch (error) {
    if (error instanceof ImageError) return error.sha256;
    if (!(error instanceof SystemFault)) throw error;
    throw new RunFailedError(
      `${error.message}; so it can't be checked for changes since it was scored; ${call('again')}, or skip the check with ${setting('trustImages')}`,
      { cause: error },
    );
  }
}
