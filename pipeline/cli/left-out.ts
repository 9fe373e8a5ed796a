import { join } from 'node:path';
import type { LeftOut } from '../../manifests/builders/manifest-builder.js';
import { printableLine } from '../../manifests/input/printable.js';

/** How much was left out, as the end of a sentence; nothing where everything is in. */
export function leftOutCounts({ others, hidden, deadLinks, notUtf8, archived }: LeftOut): string {
  const rest = [
    counted(others, 'other file', 'other files'),
    counted(hidden, 'hidden or system file or folder', 'hidden or system files or folders'),
    counted(deadLinks.length, 'dead link', 'dead links'),
    counted(notUtf8.length, 'name that is not UTF-8', 'names that are not UTF-8'),
    counted(archived?.links ?? 0, 'link or device', 'links or devices'),
    counted(archived?.replaced ?? 0, 'file that a later one replaces', 'files that later ones replace'),
    counted(archived?.outside ?? 0, 'name that leads outside', 'names that lead outside'),
    counted(archived?.imageless ?? 0, 'sample without an image', 'samples without an image'),
  ].filter((text) => text !== null);
  return rest.length === 0 ? '' : `; left out: ${rest.join(', ')}`;
}

function counted(count: number, one: string, several: string): string | null {
  return count === 0 ? null : `${count} ${count === 1 ? one : several}`;
}

/** How many of a kind are named. */
const named = 5;

/**
 * Files that were left out although the user may have meant them to be in the manifest.
 * @param root the folder that their paths start from; nothing where these name it
 */
export function leftOutNotes(root: string, { deadLinks, notUtf8, unread = {} }: LeftOut): readonly string[] {
  return [
    ...list(root, deadLinks, 'a link that leads nowhere; left out'),
    ...list(root, notUtf8, 'a name that is not UTF-8; left out: rename it to have it in'),
    ...Object.entries(unread).map(
      ([extension, count]) =>
        `${root === '' ? '' : `${printableLine(root)}: `}${count} ${count === 1 ? 'image' : 'images'} ending in ${extension}, a format that is not read; left out: convert ${count === 1 ? 'it' : 'them'} to PNG to have ${count === 1 ? 'it' : 'them'} in`,
    ),
  ];
}

function list(root: string, paths: readonly string[], what: string): readonly string[] {
  const lines = paths.slice(0, named).map((path) => `${printableLine(join(root, path))}: ${what}`);
  return paths.length > named
    ? [
        ...lines,
        `${root === '' ? '' : `${printableLine(root)}: `}${paths.length - named} more are left out likewise`,
      ]
    : lines;
}
