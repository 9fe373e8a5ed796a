import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../stages/errors.js';
import { isError } from '../../stages/is-error.js';

/** Names that systems and archivers leave in folders of images, in lower case. */
const systemNames: ReadonlySet<string> = new Set([
  '$recycle.bin',
  '@eadir',
  '__macosx',
  'desktop.ini',
  'ehthumbs.db',
  'lost+found',
  'system volume information',
  'thumbs.db',
]);

/** What a folder holds, each list sorted by the bytes of the names: the same everywhere, and as Python sorts. */
export interface FolderListing {
  /** Names of sub-folders and of files; links are followed. */
  readonly folders: readonly string[];
  readonly files: readonly string[];
  /** Names that begin with a dot, and those that systems leave behind. */
  readonly hidden: readonly string[];
  /** Sockets, pipes and devices. */
  readonly special: readonly string[];
  /** Links that lead nowhere, or in a circle. */
  readonly deadLinks: readonly string[];
  /** Names that are not UTF-8, which no path of text leads to, with the bytes at fault as `\xff`. */
  readonly notUtf8: readonly string[];
}

type Kind = keyof FolderListing;

/** Whether a file or folder is hidden, or left behind by a system or an archiver. */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || systemNames.has(name.toLowerCase());
}

/** @throws InputError when the folder is missing, is a file or may not be read */
export async function listFolder(folder: string): Promise<FolderListing> {
  const listing: Record<Kind, string[]> = {
    folders: [],
    files: [],
    hidden: [],
    special: [],
    deadLinks: [],
    notUtf8: [],
  };
  try {
    const entries = await readdir(folder, { withFileTypes: true, encoding: 'buffer' });
    entries.sort((a, b) => Buffer.compare(a.name, b.name));
    for (const entry of entries) {
      const name = entry.name.toString('utf8');
      if (Buffer.from(name).equals(entry.name)) listing[await kindOf(folder, name, entry)].push(name);
      else listing.notUtf8.push(withBytes(entry.name));
    }
  } catch (error) {
    const code = isError(error) && 'code' in error ? String(error.code) : String(error);
    const why = code === 'ENOENT' ? 'no such folder' : code === 'ENOTDIR' ? 'is no folder' : code;
    throw new InputError(`${folder}: can't be listed (${why}); expected a folder of images`, {
      cause: error,
    });
  }
  return listing;
}

async function kindOf(folder: string, name: string, entry: Dirent<Buffer>): Promise<Kind> {
  if (isHidden(name)) return 'hidden';
  const found = entry.isSymbolicLink() ? await followed(join(folder, name)) : entry;
  if (found === null) return 'deadLinks';
  if (found.isDirectory()) return 'folders';
  return found.isFile() ? 'files' : 'special';
}

/** What a link leads to, or null where that is nothing. */
async function followed(link: string) {
  try {
    return await stat(link);
  } catch (error) {
    const code = isError(error) && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR') return null;
    throw error;
  }
}

/** A name whose bytes that are not UTF-8 are written out. */
export function withBytes(name: Uint8Array): string {
  const text = new TextDecoder('utf-8');
  let shown = '';
  for (let at = 0; at < name.length; ) {
    const length = [1, 2, 3, 4].find((size) => {
      const character = text.decode(name.subarray(at, at + size));
      return at + size <= name.length && !character.includes('\ufffd');
    });
    if (length === undefined) shown += `\\x${(name[at] ?? 0).toString(16).padStart(2, '0')}`;
    else shown += text.decode(name.subarray(at, at + length));
    at += length ?? 1;
  }
  return shown;
}
