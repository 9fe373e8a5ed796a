import { join } from 'node:path';
import { addTo } from '../stages/grouped.js';
import type { BuiltCells, CellPreprocess, ManifestCell } from './builders/cells-builder.js';
import type { CorruptionInput } from './imagenet/corruptions.js';
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
 * Writes a manifest for each cell, and a part of an experiment, `sets.json`, that has them all as outlier sets: the severities
 * of a corruption are a group, and what is chosen is chosen for all of them together.
 * @param folder made if it is not there
 * @param about what is known of a cell, for the first line of its manifest; undefined for no such line
 * @throws InputError or RunFailedError as `writeManifest`
 */
export async function writeCells(
  folder: string,
  cells: Iterable<ManifestCell> | AsyncIterable<ManifestCell>,
  { validation, preprocess }: Pick<BuiltCells, 'validation' | 'preprocess'>,
  about?: (cell: string) => AboutManifest | undefined,
): Promise<WrittenCells> {
  const written: WrittenCell[] = [];
  let images = 0;
  for await (const { name, corruption, severity, entries } of cells) {
    const { rows } = await writeManifest(join(folder, `${name}.csv`), entries, about?.(name));
    const changed = preprocess === undefined ? {} : { preprocess };
    written.push({ name, manifest: `${name}.csv`, corruption, severity, ...changed });
    images += rows.length;
  }
  await writeOutput(
    join(folder, setsFile),
    setsText(setsOfCells(written, validation)),
    async () => undefined,
  );
  return { sets: written.map(({ name }) => name), images };
}

/** A cell as a set of an experiment. */
export interface WrittenCell {
  readonly name: string;
  readonly manifest: string;
  readonly corruption: string;
  readonly severity: number;
  /** How its images are made when they are read; absent where they are stored as they are. */
  readonly corrupt?: string | CorruptionInput;
  /** What is otherwise for its images than in a network's preprocessing. */
  readonly preprocess?: CellPreprocess;
}

/** A part of an experiment. */
interface SetsOfCells {
  readonly outliers: readonly (WrittenCell & { readonly validation: number; readonly selectOn?: string })[];
  readonly groups: readonly { readonly name: string; readonly sets: readonly string[] }[];
}

/**
 * Cells as outlier sets: the severities of a corruption are a group, and what is chosen is chosen for all of them together.
 * @param validation rows of each corruption to tune on
 */
export function setsOfCells(cells: readonly WrittenCell[], validation: number): SetsOfCells {
  const byCorruption = new Map<string, WrittenCell[]>();
  for (const cell of cells) addTo(byCorruption, cell.corruption, cell);
  const families = [...byCorruption].filter(([, { length }]) => length > 1);
  const outliers = cells.map((cell) => {
    const count = byCorruption.get(cell.corruption)?.length ?? 1;
    const selectOn = count > 1 ? { selectOn: cell.corruption } : {};
    return { ...cell, validation: Math.ceil(validation / count), ...selectOn };
  });
  const groups = families.map(([name, members]) => ({ name, sets: members.map((cell) => cell.name) }));
  return { outliers, groups };
}

/** A line each. */
export function setsText({ outliers, groups }: SetsOfCells): string {
  const list = (key: string, items: readonly object[]): string =>
    `  "${key}": [\n${items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`;
  const parts = [list('outliers', outliers), ...(groups.length > 0 ? [list('groups', groups)] : [])];
  return `{\n${parts.join(',\n')}\n}\n`;
}
