import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nameBeside } from '../output/atomic-file.js';

/** What a complete directory holds; its file is written last. */
export interface BenchmarkContents {
  /** sha256 (hex) of all that the files were made from. */
  readonly identity: string;
  /** sha256 (hex) of each file by its path relative to the directory. */
  readonly files: Readonly<Record<string, string>>;
}

const contentsFile = 'contents.json';

export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The directory's record, or null where there is none or it can't be read: then nothing in it is trusted. */
export async function readContents(directory: string): Promise<BenchmarkContents | null> {
  try {
    const contents: BenchmarkContents = JSON.parse(await readFile(join(directory, contentsFile), 'utf8'));
    return typeof contents.identity === 'string' && typeof contents.files === 'object' ? contents : null;
  } catch {
    return null;
  }
}

export async function writeContents(directory: string, contents: BenchmarkContents): Promise<void> {
  await writeWhole(directory, contentsFile, `${JSON.stringify(contents, null, 1)}\n`);
}

/** Whether a file is there with the bytes that the record says. */
export async function isIntact(directory: string, path: string, digest: string): Promise<boolean> {
  try {
    return sha256(await readFile(join(directory, path))) === digest;
  } catch {
    return false;
  }
}

/** Where files are written before they are renamed into place: a killed call leaves nothing among the images. */
export const partialFolder = '.partial';

/** Writes a file so that no reader meets half of it. @param path relative to the directory */
export async function writeWhole(directory: string, path: string, data: Uint8Array | string): Promise<void> {
  // The name tells which process wrote it, so that what a killed one leaves can be removed.
  const partial = await nameBeside(join(directory, partialFolder, path.replaceAll('/', '-')));
  await writeFile(partial, data);
  await rename(partial, join(directory, path));
}
