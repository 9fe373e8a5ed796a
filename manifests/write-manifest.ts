import { dirname, relative, resolve, sep } from 'node:path';
import { RowHash } from './digest.js';
import { isWellFormed } from './input/printable.js';
import { inputFault, show } from './input/validate.js';
import { archivedPath, locationOf } from './location.js';
import type { Manifest } from './manifest.js';
import { type AboutManifest, formatHeader } from './manifest-header.js';
import { writeOutput } from './output/output-file.js';
import { largestLabel, readManifestAs } from './read-manifest.js';

/** A row to be written; `id` and `base` only where they differ from their defaults. */
export interface ManifestEntry {
  /** Absolute path of the image, or relative to the working folder; in a file of many as `locationOf` has it. */
  readonly path: string;
  readonly label: number | null;
  readonly id?: string | undefined;
  readonly base?: string | undefined;
}

/**
 * Writes a manifest with the paths relative to its folder, creating that folder. Columns that would say nothing
 * (no label known, all ids and bases the default) are left out. Readers see the whole file or none of it, and a file
 * that was there before is replaced only by a manifest that can be read.
 * @param about what is known of it, for a first line that says so, with the sha256 of the rows; undefined for no such line
 * @returns the manifest as it is read back: what a run will see
 * @throws InputError naming the file, the row, the key and the value, where a row is none
 * @throws InputError or RunFailedError when the file can't be written, or would be no manifest
 */
export async function writeManifest(
  file: string,
  rows: readonly ManifestEntry[],
  about?: AboutManifest,
): Promise<Manifest> {
  checkEntries(file, rows);
  const folder = dirname(resolve(file));
  return writeOutput(file, formatManifest(folder, rows, about), (written) => readManifestAs(file, written));
}

/** Rows of data may hold more than is written; what is written must come back as it is. */
function checkEntries(file: string, rows: unknown): asserts rows is readonly ManifestEntry[] {
  if (!Array.isArray(rows))
    throw inputFault({ file, path: ['rows'] }, `found ${show(rows)}; expected a list of rows`);
  for (const [at, row] of rows.entries()) {
    const fault = (key: string, value: unknown, expected: string) =>
      inputFault(
        { file, path: ['rows', at, key] },
        `${value === undefined ? 'missing' : `found ${show(value)}`}; expected ${expected}`,
      );
    const { path, label, id, base }: Record<string, unknown> = { ...row };
    if (typeof path !== 'string' || path === '') throw fault('path', path, "an image's path");
    if (label !== null && !isLabel(label))
      throw fault('label', label, 'a class index, or null where the class is unknown');
    for (const [key, value] of Object.entries({ path, id, base })) {
      if (value !== undefined && typeof value !== 'string') throw fault(key, value, 'a text');
      if (value !== undefined && !isWellFormed(value))
        throw fault(key, value, 'a text that UTF-8 can hold, without half of a surrogate pair');
    }
  }
}

function isLabel(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= largestLabel;
}

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

/** The sha256 that rows have when they are read: what is written empty is the usual there. */
function digestOf(lines: readonly Line[]): string {
  const hash = new RowHash();
  for (const { path, label, id, base } of lines) {
    const named = id || path;
    hash.add(named, path, label, base || named);
  }
  return hash.finish();
}

function formatManifest(
  folder: string,
  rows: readonly ManifestEntry[],
  about: AboutManifest | undefined,
): string {
  const lines = rows.map((row): Line => {
    const written = relative(folder, resolve(row.path)).split(sep).join('/');
    const { file, part } = locationOf(written);
    const bytes = part?.kind === 'bytes' ? part : null;
    const path = bytes ? archivedPath(file, bytes.offset, bytes.length) : written;
    const id = row.id ?? path;
    return { path, file: bytes ? file : path, bytes, label: row.label, id, base: row.base ?? id };
  });
  const columns: ((line: Line) => string)[] = [(line) => line.file];
  const header = ['path'];
  const add = (name: string, column: (line: Line) => string): void => {
    header.push(name);
    columns.push(column);
  };
  if (lines.some((line) => line.bytes)) {
    add('offset', ({ bytes }) => bytes?.offset.toString() ?? '');
    add('length', ({ bytes }) => bytes?.length.toString() ?? '');
  }
  if (lines.some((line) => line.label !== null)) add('label', (line) => line.label?.toString() ?? '');
  if (lines.some((line) => line.id !== line.path)) add('id', (line) => line.id);
  if (lines.some((line) => line.base !== line.id)) add('base', (line) => line.base);
  const body = lines.map((line) => columns.map((column) => quoted(column(line))).join(','));
  const first = about === undefined ? [] : [formatHeader(about, digestOf(lines))];
  return `${[...first, header.join(','), ...body].join('\n')}\n`;
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
