import { relative } from 'node:path';
import { printableLine } from '../../manifests/input/printable.js';

/** A path as one would type it: from the working folder where it lies below it. */
export function shownPath(file: string): string {
  const short = relative(process.cwd(), file);
  return printableLine(short.startsWith('..') ? file : short);
}
