import { InputError } from '../stages/errors.js';

/** A piece of a file that holds many images. */
export type Part =
  /** An image file inside an archive: so many bytes from a place on. */
  | { readonly kind: 'bytes'; readonly offset: number; readonly length: number }
  /** One of many images of a file that knows them by number, from 0; in a table, of a column, null where it says itself which. */
  | { readonly kind: 'item'; readonly index: number; readonly column: string | null };

/** Where an image lies: in a file of its own, or in one that holds many. */
export interface Location {
  /** Path of the file. */
  readonly file: string;
  /** Null where the file is the image. */
  readonly part: Part | null;
}

/** What names of archives end in, whose images are known by their bytes. */
export const archiveExtension = '.tar';

/** What names of files end in whose images are known by number: rows of tables, stacks of arrays, binary batches. */
const itemExtensions: readonly string[] = ['.parquet', '.npy', '.bin'];

/** Of these, the tables: they may have several columns of images. */
const tableExtension = '.parquet';

const parted =
  /^(?<file>.*(?<extension>\.[A-Za-z]+))#(?<first>\d+)(?:\+(?<length>\d+)|:(?<column>[^#/]+))?$/s;

/**
 * Where the image of a path lies. Paths of images inside of others are written `archive.tar#OFFSET+LENGTH` and
 * `file.npy#INDEX`, in a column of a table `file.parquet#INDEX:COLUMN`; any other path is that of an image file, whatever is in its name.
 */
export function locationOf(path: string): Location {
  const found = path.includes('#') ? parted.exec(path)?.groups : undefined;
  const { file = path, extension = '', first, length, column } = found ?? {};
  const kind = extension.toLowerCase();
  const [start, size] = [Number(first), Number(length)];
  const isExact = Number.isSafeInteger(start) && (length === undefined || Number.isSafeInteger(start + size));
  const named = column === undefined ? null : decodedName(column);
  if (found && isExact && length !== undefined && kind === archiveExtension)
    return { file, part: { kind: 'bytes', offset: start, length: size } };
  const mayBeNamed = column === undefined || (named !== null && kind === tableExtension);
  if (found && isExact && length === undefined && mayBeNamed && itemExtensions.includes(kind))
    return { file, part: { kind: 'item', index: start, column: named } };
  return { file: path, part: null };
}

/** The path of an image file inside an archive. @param offset in bytes @param length in bytes */
export const archivedPath = (archive: string, offset: number, length: number): string =>
  `${archive}#${offset}+${length}`;

/** The path of an image of a file that knows them by number. @param index from 0 @param column of a table, if it must be said */
export const itemPath = (file: string, index: number, column: string | null = null): string =>
  column === null ? `${file}#${index}` : `${file}#${index}:${encodeURIComponent(column)}`;

/** @returns null where it is no name as `itemPath` writes one */
function decodedName(column: string): string | null {
  try {
    return decodeURIComponent(column);
  } catch {
    return null;
  }
}

/**
 * Refuses a file whose images no row could name: rows are told from paths of image files by what the file's name ends in.
 * @param extension one of `itemExtensions`
 * @throws InputError naming the file
 */
export function requireItemName(file: string, extension: string): void {
  if (file.toLowerCase().endsWith(extension)) return;
  throw new InputError(
    `${file}: its name does not end in ${extension}, by which images in it are known from image files; rename it`,
  );
}
