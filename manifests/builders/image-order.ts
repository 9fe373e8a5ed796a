/**
 * Orders paths as folders are walked: a folder's own files first, then its sub-folders', each in natural order. So
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
    own.sort((a, b) => naturally(a.path, b.path));
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
    const order = naturally(part, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/**
 * The order in which people count: numbers in names by their values, so that img2 comes before img10, all else by bytes. No locale
 * has a say in it. Names that differ in leading zeros alone are ordered by bytes.
 */
export function naturally(a: string, b: string): number {
  return byNumbers(a, b) || byBytes(a, b);
}

function byNumbers(a: string, b: string): number {
  for (let [at, other] = [0, 0]; ; ) {
    // What is the same so far; a number that is the same in both may go on in one of them.
    const start = at;
    while (at < a.length && a.charCodeAt(at) === b.charCodeAt(other)) [at, other] = [at + 1, other + 1];
    let digits = 0;
    while (at - digits > start && isDigit(a, at - digits - 1)) digits += 1;
    if (!(isDigit(a, at) || digits > 0) || !(isDigit(b, other) || digits > 0))
      return byBytes(a.slice(at), b.slice(other));
    const [end, otherEnd] = [endOfNumber(a, at), endOfNumber(b, other)];
    // As most sets have it: of numbers of as many digits the first difference decides.
    if (end > at && end - at === otherEnd - other) return a.charCodeAt(at) - b.charCodeAt(other);
    const order = byValue(a.slice(at - digits, end), b.slice(other - digits, otherEnd));
    if (order !== 0 || end === a.length || otherEnd === b.length)
      return order || byBytes(a.slice(end), b.slice(otherEnd));
    [at, other] = [end, otherEnd];
  }
}

function isDigit(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 48 && unit <= 57;
}

function endOfNumber(text: string, start: number): number {
  let end = start;
  while (isDigit(text, end)) end += 1;
  return end;
}

/** The order of numbers as they are written in digits, of any length. */
function byValue(a: string, b: string): number {
  const [short, other] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return short.length - other.length || byBytes(short, other);
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
