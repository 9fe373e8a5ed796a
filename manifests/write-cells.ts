import { join } from 'node:path';
import type { ManifestCell } from './builders/cells-builder.js';
import type { AboutManifest } from './manifest-header.js';
import { writeOutput } from './output/output-file.js';
import { writeManifest } from './write-manifest.js';

/** What the part of an experiment is called that names the manifests beside it. */
export const setsFile = 'sets.json';

/** What was written. */
export interface WrittenCells {
  /** Names of the sets, which are those of the manifests without `.csv`. */
  readonly sets: readonly string[];
  /** Images of all sets. */
  readonly images: number;
}

/**
 * Writes a manifest for each cell, and a part of an experiment, `sets.json`, that has them all as outlier sets.
 * @param folder made if it is not there
 * @param validation rows of each set to tune on
 * @param about what is known of a cell, for the first line of its manifest; undefined for no such line
 * @throws InputError or RunFailedError as `writeManifest`
 */
export async function writeCells(
  folder: string,
  cells: Iterable<ManifestCell> | AsyncIterable<ManifestCell>,
  validation: number,
  about?: (cell: string) => AboutManifest | undefined,
): Promise<WrittenCells> {
  const sets: string[] = [];
  let images = 0;
  for await (const { name, entries } of cells) {
    const { rows } = await writeManifest(join(folder, `${name}.csv`), entries, about?.(name));
    sets.push(name);
    images += rows.length;
  }
  const outliers = sets.map((name) => ({ name, manifest: `${name}.csv`, validation }));
  const lines = outliers.map((set) => `    ${JSON.stringify(set)}`).join(',\n');
  await writeOutput(join(folder, setsFile), `{\n  "outliers": [\n${lines}\n  ]\n}\n`, async () => undefined);
  return { sets, images };
}
