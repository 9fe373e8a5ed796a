import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { InputError } from '../stages/errors.js';
import { setting } from '../stages/setting.js';
import { type CorruptionCell, type CorruptionInput, cellText, needsFrost } from './imagenet/corruptions.js';
import { writeOutput } from './output/output-file.js';
import { readManifest } from './read-manifest.js';
import { setsFile, setsOfCells, setsText } from './write-cells.js';

/** Which sets of corrupted images there are to be. */
export interface CorruptedCells {
  readonly cells: readonly CorruptionCell[];
  /** Rows of each corruption, of all its severities together, to tune on. */
  readonly validation: number;
  readonly seed: number;
  /** The folder of frost's textures. */
  readonly textures?: string | undefined;
}

/** What was written. */
export interface WrittenSets {
  /** Names of the sets. */
  readonly sets: readonly string[];
  /** Rows of the manifest, which are those of each set. */
  readonly images: number;
}

/** Rows of each corruption to tune on unless one says otherwise, as of ImageNet-C as it is downloaded. */
export const usualValidation = 600;

/**
 * Writes the part of an experiment, `sets.json`, that has a set for each cell of corruptions, all of them of one manifest:
 * its images are corrupted when they are read. The severities of a corruption are a group, as of ImageNet-C itself.
 * @param file the manifest of the clean images
 * @param folder made if it is not there
 * @throws InputError where the manifest can't be read or has too few rows
 * @throws InputError or RunFailedError where the file can't be written
 */
export async function writeCorruptedSets(
  file: string,
  folder: string,
  { cells, validation, seed, textures }: CorruptedCells,
): Promise<WrittenSets> {
  const { rows } = await readManifest(file);
  const prefix = prefixOf(file);
  const manifest = fromFolder(folder, file);
  const sets = setsOfCells(
    cells.map((cell) => ({
      name: `${prefix}-${cell.corruption}-${cell.severity}`,
      manifest,
      corruption: cell.corruption,
      severity: cell.severity,
      corrupt: corruptOf(cell, seed, textures === undefined ? undefined : fromFolder(folder, textures)),
      // They are cropped before they are corrupted.
      preprocess: { resize: null },
    })),
    validation,
  );
  const most = Math.max(...sets.outliers.map((set) => set.validation));
  if (rows.length <= most)
    throw new InputError(
      `${file}: has ${rows.length} rows, but ${most} of a set are to tune on; lower it with ${setting('validation')}`,
    );
  await writeOutput(join(folder, setsFile), setsText(sets), async () => undefined);
  return { sets: sets.outliers.map(({ name }) => name), images: rows.length };
}

/** In full only where it says more than the cell. */
function corruptOf(
  cell: CorruptionCell,
  seed: number,
  textures: string | undefined,
): string | CorruptionInput {
  const isFrost = needsFrost(cell);
  if (seed === 0 && !isFrost) return cellText(cell);
  return { ...cell, seed, ...(isFrost && textures !== undefined ? { textures } : {}) };
}

/** A path as an experiment in a folder has it. */
function fromFolder(folder: string, path: string): string {
  return relative(resolve(folder), resolve(path)).split(sep).join('/') || '.';
}

/** The manifest's name, with what the name of a set may not hold replaced, and short enough for what is put behind it. */
function prefixOf(file: string): string {
  const plain = (text: string): string =>
    text.replaceAll(/[^A-Za-z0-9._+-]+/g, '-').replaceAll(/^[^A-Za-z0-9]+/g, '');
  const stem = plain(basename(file).replace(/\.[^.]*$/, '')).slice(0, 70);
  return stem || plain(basename(dirname(resolve(file)))).slice(0, 70) || 'set';
}
