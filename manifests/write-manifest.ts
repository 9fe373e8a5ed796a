import { dirname, resolve } from 'node:path';
import { formatManifest } from './format-manifest.js';
import { inputFault } from './input/input-fault.js';
import { isWellFormed } from './input/printable.js';
import { show } from './input/show.js';
import type { Manifest } from './manifest.js';
import { largestLabel } from './manifest-columns.js';
import type { ManifestEntry } from './manifest-entry.js';
import type { AboutManifest } from './manifest-header.js';
import { writeOutput } from './output/output-file.js';
import { readManifestAs } from './read-manifest.js';

export type { ManifestEntry };

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
