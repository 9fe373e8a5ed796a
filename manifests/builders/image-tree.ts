import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { InputError } from '../../pipeline/errors.js';

/** Extensions (lower case) of the image formats that are decoded. */
export const imageExtensions: readonly string[] = [
  '.jpg',
  '.jpeg',
  '.png',
  '.webp',
  '.tif',
  '.tiff',
  '.gif',
  '.avif',
];

export function isImageName(name: string): boolean {
  return imageExtensions.includes(extname(name).toLowerCase());
}

export interface FolderListing {
  /** Names of sub-folders and files, each sorted by character code; links followed, hidden ones left out. */
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/** @throws InputError when the folder is missing, is a file or may not be read */
export async function listFolder(folder: string): Promise<FolderListing> {
  const folders: string[] = [];
  const files: string[] = [];
  try {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const kind = entry.isSymbolicLink() ? await stat(join(folder, entry.name)) : entry;
      if (kind.isDirectory()) folders.push(entry.name);
      else if (kind.isFile()) files.push(entry.name);
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const why = code === 'ENOENT' ? 'no such folder' : code === 'ENOTDIR' ? 'is no folder' : code;
    throw new InputError(`${folder}: can't be listed (${why}); expected a folder of images`, {
      cause: error,
    });
  }
  return { folders: folders.sort(), files: files.sort() };
}

export interface ImageTree {
  /** Paths below the root with forward slashes: a folder's own images first, then its sub-folders'. */
  readonly images: readonly string[];
  /** Files that are no images. */
  readonly ignored: number;
}

/**
 * All images below a folder.
 * @throws InputError when a folder can't be listed, or when a link leads back into a folder that holds it
 */
export async function findImages(root: string): Promise<ImageTree> {
  const images: string[] = [];
  let ignored = 0;
  const walk = async (folder: string, below: string, above: readonly string[]): Promise<void> => {
    const { folders, files } = await listFolder(folder);
    const real = await realpath(folder);
    if (above.includes(real)) {
      throw new InputError(`${folder}: a link that leads back to ${real}, which holds it; remove the link`);
    }
    for (const file of files) {
      if (isImageName(file)) images.push(`${below}${file}`);
      else ignored++;
    }
    for (const name of folders) await walk(join(folder, name), `${below}${name}/`, [...above, real]);
  };
  await walk(root, '', []);
  return { images, ignored };
}
