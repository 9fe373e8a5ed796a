import { link, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Makes a folder of second names of all files of another: none of a run's files is ever changed, but replaced. */
export async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (entry.isDirectory()) await linkTree(join(from, entry.name), join(to, entry.name));
    else await link(join(from, entry.name), join(to, entry.name));
  }
}
