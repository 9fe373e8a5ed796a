import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { InputError } from '../stages/errors.js';
import { setting } from '../stages/setting.js';
import { type CorruptionCell, cellText, needsFrost } from './imagenet/corruptions.js';
import { writeOutput } from './output/output-file.js';
import { readManifest } from './read-manifest.js';
import { setsFile } from './write-cells.js';

/** A set of corrupted images, as an experiment has it. */
export interface CorruptedSet {
  /** `val-glass_blur-5` of `val.csv`. */
  readonly name: string;
  /** Path of the manifest of the clean images, from the folder of the experiment. */
  readonly manifest: string;
  readonly validation: number;
  readonly corrupt: string | (CorruptionCell & { readonly seed: number; readonly textures?: string });
}

export interface CorruptedSetsOptions {
  readonly cells: readonly CorruptionCell[];
  /** Rows of each set to tune on. */
  readonly validation: number;
  readonly seed: number;
  /** The folder of frost's textures. */
  readonly textures?: string | undefined;
}

/** What was written. */
export interface WrittenSets {
  readonly sets: readonly CorruptedSet[];
  /** Rows of the manifest, which are those of each set. */
  readonly images: number;
}

/** Rows of each set to tune on unless one says otherwise: those that the paper tunes on. */
export const usualValidation = 600;

/**
 * Writes the part of an experiment, `sets.json`, that has a set for each cell of corruptions, all of them of one manifest:
 * its images are corrupted when they are read.
 * @param file the manifest of the clean images
 * @param folder made if it is not there
 * @throws InputError where the manifest can't be read or has too few rows, or where frost has no textures
 * @throws InputError or RunFailedError where the file can't be written
 */
export async function writeCorruptedSets(
  file: string,
  folder: string,
  { cells, validation, seed, textures }: CorruptedSetsOptions,
): Promise<WrittenSets> {
  const { rows } = await readManifest(file);
  if (rows.length <= validation)
    throw new InputError(
      `${file}: has ${rows.length} rows, but ${validation} of each set are to tune on; lower it with ${setting('validation')}`,
    );
  const place = (path: string): string => {
    const from = relative(resolve(folder), resolve(path)).split(sep).join('/');
    return from === '' ? '.' : from;
  };
  const sets = cells.map((cell): CorruptedSet => {
    const needs = needsFrost(cell) && textures !== undefined ? { textures: place(textures) } : {};
    const isPlain = seed === 0 && !needsFrost(cell);
    return {
      name: `${prefixOf(file)}-${cell.corruption}-${cell.severity}`,
      manifest: place(file),
      validation,
      corrupt: isPlain ? cellText(cell) : { ...cell, seed, ...needs },
    };
  });
  const lines = sets.map((set) => `    ${JSON.stringify(set)}`).join(',\n');
  await writeOutput(join(folder, setsFile), `{\n  "outliers": [\n${lines}\n  ]\n}\n`, async () => undefined);
  return { sets, images: rows.length };
}

/** The manifest's name, with what the name of a set may not hold replaced, and short enough for what is put behind it. */
function prefixOf(file: string): string {
  const stem = basename(file)
    .replace(/\.[^.]*$/, '')
    .replaceAll(/[^A-Za-z0-9._+-]+/g, '-')
    .replaceAll(/^[^A-Za-z0-9]+/g, '')
    .slice(0, 70);
  return stem === '' ? basename(dirname(resolve(file))).replaceAll(/[^A-Za-z0-9]+/g, '') || 'set' : stem;
}
