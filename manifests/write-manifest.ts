import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { InputError } from '../pipeline/errors.js';

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
 * (no label known, all ids and bases the default) are left out. Readers see the whole file or none of it.
 * @throws InputError when the file can't be written
 */
export async function writeManifest(file: string, rows: readonly ManifestEntry[]): Promise<void> {
  const target = resolve(file);
  const folder = dirname(target);
  const beside = join(folder, `.${basename(target)}.${randomUUID()}.tmp`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(beside, formatManifest(folder, rows), { flush: true });
    await rename(beside, target);
  } catch (error) {
    // Best effort: what is worth telling is why the writing failed.
    await rm(beside, { force: true }).catch(() => undefined);
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError(`${file}: the manifest can't be written there: ${why}`, { cause: error });
  }
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
