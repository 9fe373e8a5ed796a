import { dirname, relative, resolve, sep } from 'node:path';
import type { Manifest } from './manifest.js';
import { writeOutput } from './output/output-file.js';
import { readManifestAs } from './read-manifest.js';

/** A row to be written; `id` and `base` only where they differ from their defaults. */
export interface ManifestEntry {
  /** Absolute path of the image, or relative to the working folder. */
  readonly path: string;
  readonly label: number | null;
  readonly id?: string;
  readonly base?: string;
}

/**
 * Writes a manifest with the paths relative to its folder, creating that folder. Columns that would say nothing
 * (no label known, all ids and bases the default) are left out. Readers see the whole file or none of it, and a file
 * that was there before is replaced only by a manifest that can be read.
 * @returns the manifest as it is read back: what a run will see
 * @throws InputError or RunFailedError when the file can't be written, or would be no manifest
 */
export async function writeManifest(file: string, rows: readonly ManifestEntry[]): Promise<Manifest> {
  const folder = dirname(resolve(file));
  return writeOutput(file, formatManifest(folder, rows), (written) => readManifestAs(file, written));
}

function formatManifest(folder: string, rows: readonly ManifestEntry[]): string {
  const lines = rows.map((row) => {
    const path = relative(folder, resolve(row.path)).split(sep).join('/');
    const id = row.id ?? path;
    return { path, label: row.label, id, base: row.base ?? id };
  });
  const columns: ((line: (typeof lines)[number]) => string)[] = [(line) => line.path];
  const header = ['path'];
  const add = (name: string, column: (line: (typeof lines)[number]) => string): void => {
    header.push(name);
    columns.push(column);
  };
  if (lines.some((line) => line.label !== null)) add('label', (line) => line.label?.toString() ?? '');
  if (lines.some((line) => line.id !== line.path)) add('id', (line) => line.id);
  if (lines.some((line) => line.base !== line.id)) add('base', (line) => line.base);
  const body = lines.map((line) => columns.map((column) => quoted(column(line))).join(','));
  return `${[header.join(','), ...body].join('\n')}\n`;
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
