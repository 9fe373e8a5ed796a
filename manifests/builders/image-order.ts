/**
 * Orders paths as folders are walked: a folder's own files first, then its sub-folders', each by the bytes of their names. So
 * an archive is listed as the folder that it unpacks to, in whatever order its members lie.
 */
export function inOrderOfFolders<T extends { readonly path: string }>(files: readonly T[]): readonly T[] {
  const folders = new Map<string, T[]>();
  for (const file of files) {
    const folder = folderOf(file.path);
    const there = folders.get(folder);
    if (there) there.push(file);
    else folders.set(folder, [file]);
  }
  const names = [...folders.keys()].map((folder) => ({
    folder,
    parts: folder === '' ? [] : folder.split('/'),
  }));
  names.sort((a, b) => byParts(a.parts, b.parts));
  const sorted: T[] = [];
  for (const { folder } of names) {
    const own = folders.get(folder) ?? [];
    own.sort((a, b) => byBytes(a.path, b.path));
    for (const file of own) sorted.push(file);
  }
  return sorted;
}

/** The folder part of a path with forward slashes; nothing for a file at the top. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function byParts(a: readonly string[], b: readonly string[]): number {
  for (const [at, part] of a.entries()) {
    const other = b[at];
    if (other === undefined) return 1;
    const order = byBytes(part, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** The order of the texts' bytes in UTF-8. */
export function byBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [first, second] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (first !== second) return rank(first) - rank(second);
  }
  return a.length - b.length;
}

/** Halves of surrogate pairs stand for characters behind all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
