import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from './atomic-file.js';

/** Lists the files that grodin wrote into the folder that it lies in: all others there are somebody else's. */
const listName = '.grodin-files.json';

const listFile = z.object({ files: z.array(z.string()) });

/**
 * Notes which files are going to be written into a folder, so that they are known as grodin's though it be killed meanwhile.
 * @param known others that grodin wrote there before there was a list
 */
export async function announceOwnFiles(
  folder: string,
  names: readonly string[],
  known: readonly string[] = [],
): Promise<void> {
  await writeList(folder, [...(await ownFiles(folder)), ...known, ...names]);
}

/** Removes the files of a folder that grodin wrote there once and that are not among these, which it wrote now. */
export async function keepOwnFiles(folder: string, names: readonly string[]): Promise<void> {
  const wanted = new Set(names);
  const former = new Set(await ownFiles(folder));
  // Of those that are there alone: what a list names is never taken for a path.
  for (const name of await readdir(folder))
    if (former.has(name) && !wanted.has(name)) await rm(join(folder, name), { force: true });
  await writeList(folder, names);
}

/** What grodin wrote into a folder, by its list; nothing where there is none. */
async function ownFiles(folder: string): Promise<readonly string[]> {
  return readFile(join(folder, listName), 'utf8')
    .then((text) => listFile.parse(JSON.parse(text)).files)
    .catch(() => []);
}

async function writeList(folder: string, names: readonly string[]): Promise<void> {
  const files = [...new Set(names)].sort();
  await writeAtomically(join(folder, listName), `${JSON.stringify({ files }, null, 1)}\n`);
}
