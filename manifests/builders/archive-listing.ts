import { isUtf8 } from 'node:buffer';
import { shown } from '../../stages/shown.js';
import { type ArchiveFile, withArchive } from '../archives/archive-file.js';
import { isArchiveName, untar } from '../archives/other-archives.js';
import { ArchiveFault } from '../archives/tar-header.js';
import { eachMember } from '../archives/tar-members.js';
import { folderOf } from './image-order.js';
import { isHidden, withBytes } from './listing.js';

/** A file in an archive. */
export interface ArchivedFile {
  /** Its name, with forward slashes, and without `./` before it. */
  readonly path: string;
  /** Of its first byte in the archive. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
}

/** What an archive holds: what is there once it is unpacked. */
export interface ArchiveListing {
  /** In the order of the archive. */
  readonly files: readonly ArchivedFile[];
  /** Paths of the folders, also of those without files. */
  readonly folders: ReadonlySet<string>;
  /** Files and folders, each with all that is in it. */
  readonly hidden: number;
  /** Links, devices and pipes. */
  readonly links: number;
  readonly replaced: number;
  readonly outside: number;
  /** Names that are not UTF-8, with the bytes at fault as `\xff`. */
  readonly notUtf8: readonly string[];
}

/**
 * Lists the files of a plain tar by their headers.
 * @throws InputError naming the archive where it is none, is compressed, cut off or damaged, or holds other archives
 */
export function listArchive(path: string): Promise<ArchiveListing> {
  return withArchive(path, listMembers);
}

/** As `listArchive`, of an archive that is open. @throws ArchiveFault */
export async function listMembers(archive: ArchiveFile): Promise<ArchiveListing> {
  const counts = { replaced: 0, outside: 0 };
  /** The topmost hidden file or folder of each path, as those of folders are counted. */
  const hidden = new Set<string>();
  const notUtf8: string[] = [];
  /** By path; null for links and the like, which replace files of their names too. */
  const found = new Map<string, ArchivedFile | null>();
  const folders = new Set<string>();
  await eachMember(archive, ({ name, kind, offset, length }) => {
    if (!isUtf8(name)) {
      notUtf8.push(withBytes(name));
      return;
    }
    const path = pathOf(name.toString('utf8'));
    const isFolder = kind === 'folder';
    if (path === null) counts.outside += isFolder ? 0 : 1;
    else if (path.split('/').some(isHidden)) hidden.add(hiddenPart(path));
    else if (isFolder) folders.add(path);
    else {
      folders.add(folderOf(path));
      if (kind === 'file') requirePlain(archive, path);
      if (found.get(path)) counts.replaced++;
      // What is there last is there where it was put last.
      found.delete(path);
      found.set(path, kind === 'file' ? { path, offset, length } : null);
    }
  });
  const members = [...found.values()];
  const files = members.filter((file) => file !== null);
  const links = members.length - files.length;
  return { files, folders, hidden: hidden.size, ...counts, links, notUtf8 };
}

/** A path up to the first part that is hidden. */
function hiddenPart(path: string): string {
  const parts = path.split('/');
  return parts.slice(0, 1 + parts.findIndex(isHidden)).join('/');
}

/** A name as a path below the folder that an archive is unpacked in; null where it leads out of it. */
function pathOf(name: string): string | null {
  if (name.startsWith('/') || name.includes('\0')) return null;
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  // A folder that is packed by itself, `./`, is the root.
  return parts.includes('..') ? null : parts.join('/');
}

/** Images of archives in archives would be left out, however many they are. */
function requirePlain(archive: ArchiveFile, path: string): void {
  if (!isArchiveName(path)) return;
  throw new ArchiveFault(
    `holds another archive, ${shown(path)}, and images are read from archives in no other; unpack it once with: ${untar(archive.path)}`,
  );
}
