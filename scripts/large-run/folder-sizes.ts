import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** What lies in a folder, its folders included. */
export interface FolderSizes {
  readonly files: number;
  readonly bytes: number;
  /** The folder with the most names in it. */
  readonly largest: { readonly folder: string; readonly names: number };
}

/** Counts files; what links lead to is not looked at. */
export async function folderSizes(root: string): Promise<FolderSizes> {
  let [files, bytes] = [0, 0];
  let largest = { folder: '.', names: 0 };
  const look = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true });
    if (entries.length > largest.names)
      largest = { folder: relative(root, folder) || '.', names: entries.length };
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await look(path);
      else if (entry.isFile()) {
        files += 1;
        bytes += (await stat(path)).size;
      }
    }
  };
  await look(root);
  return { files, bytes, largest };
}
