import { relative, resolve, sep } from 'node:path';
import { RowHash } from './digest.js';
import { archivedPath, locationOf } from './location.js';
import type { ManifestEntry } from './manifest-entry.js';
import { type AboutManifest, formatHeader } from './manifest-header.js';
import type { StreamedContent } from './output/output-file.js';

/** Rows that are written at once: those of a million are never text all together. */
const atOnce = 4096;

/** A row as it is written. */
interface Line {
  /** As it is read, with the place in a file of many. */
  readonly path: string;
  /** What stands in the column. */
  readonly file: string;
  /** The image's bytes, of an archive. */
  readonly bytes: { readonly offset: number; readonly length: number } | null;
  readonly label: number | null;
  readonly id: string;
  readonly base: string;
}

/** A column: its name, and a row's cell. */
type Column = readonly [name: string, cell: (line: Line) => string];

/**
 * The text of a manifest, with the columns that say something.
 * @param folder absolute path of the manifest's folder, which paths become relative to
 * @param about for its first line; undefined for none
 */
export function formatManifest(
  folder: string,
  rows: readonly ManifestEntry[],
  about: AboutManifest | undefined,
): StreamedContent {
  return async function* () {
    const { columns, sha256 } = summaryOf(folder, rows);
    if (about !== undefined) yield Buffer.from(`${formatHeader(about, sha256)}\n`);
    yield Buffer.from(`${columns.map(([name]) => name).join(',')}\n`);
    const pathOf = pathsFrom(folder);
    for (let start = 0; start < rows.length; start += atOnce) {
      const lines = rows.slice(start, start + atOnce).map((row) => {
        const line = lineOf(row, pathOf);
        return `${columns.map(([, cell]) => quoted(cell(line))).join(',')}\n`;
      });
      yield Buffer.from(lines.join(''));
    }
  };
}

/** The columns that say something, and the sha256 that the rows have when they are read: what is written empty is the usual there. */
function summaryOf(
  folder: string,
  rows: readonly ManifestEntry[],
): { readonly columns: readonly Column[]; readonly sha256: string } {
  const hash = new RowHash();
  const pathOf = pathsFrom(folder);
  const says = { bytes: false, label: false, id: false, base: false };
  for (const row of rows) {
    const { path, bytes, label, id, base } = lineOf(row, pathOf);
    says.bytes ||= bytes !== null;
    says.label ||= label !== null;
    says.id ||= id !== path;
    says.base ||= base !== id;
    const named = id || path;
    hash.add(named, path, label, base || named);
  }
  const columns: Column[] = [['path', ({ file }) => file]];
  if (says.bytes)
    columns.push(
      ['offset', ({ bytes }) => bytes?.offset.toString() ?? ''],
      ['length', ({ bytes }) => bytes?.length.toString() ?? ''],
    );
  if (says.label) columns.push(['label', ({ label }) => label?.toString() ?? '']);
  if (says.id) columns.push(['id', ({ id }) => id]);
  if (says.base) columns.push(['base', ({ base }) => base]);
  return { columns, sha256: hash.finish() };
}

function lineOf(row: ManifestEntry, pathOf: (path: string) => string): Line {
  const written = pathOf(row.path);
  const { file, part } = locationOf(written);
  const bytes = part?.kind === 'bytes' ? part : null;
  const path = bytes ? archivedPath(file, bytes.offset, bytes.length) : written;
  const id = row.id ?? path;
  return { path, file: bytes ? file : path, bytes, label: row.label, id, base: row.base ?? id };
}

/** Makes paths relative to a folder. Neighbours mostly lie in one folder, whose own path is worked out once. */
function pathsFrom(folder: string): (path: string) => string {
  const whole = (path: string): string => relative(folder, resolve(path)).split(sep).join('/');
  let known = { above: '', below: '' };
  return (path) => {
    const end = path.lastIndexOf('/');
    const name = path.slice(end + 1);
    if (end < 1 || sep !== '/' || name === '' || name === '.' || name === '..') return whole(path);
    const above = path.slice(0, end);
    if (above !== known.above) {
      const below = whole(above);
      known = { above, below: below === '' ? '' : `${below}/` };
    }
    return known.below + name;
  };
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
