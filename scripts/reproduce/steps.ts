import { join } from 'node:path';
import { isThere } from '../../manifests/output/file-system.js';
import { InputError } from '../../stages/errors.js';
import { type PaperManifest, paperManifests } from './paper-data.js';
import type { ReadExperiment } from './paper-experiments.js';

/** Where everything is. */
export interface Places {
  /** The folder of the downloads. */
  readonly data: string;
  /** The folder that gets experiments, manifests and runs. */
  readonly out: string;
}

/** What is done, in order. */
export interface Steps {
  /** Arguments of `grodin manifest` for each manifest that is not there yet. */
  readonly manifests: readonly (readonly string[])[];
  /** Manifests that are, by their files. */
  readonly kept: readonly string[];
  readonly experiments: readonly ReadExperiment[];
}

/** The folder of experiments and manifests. */
export function experimentsFolder({ out }: Places): string {
  return join(out, 'experiments');
}

/**
 * Looks for what the experiments need, and says what is to be done.
 * @throws InputError naming all that is not where it should be
 */
export async function planSteps(experiments: readonly ReadExperiment[], places: Places): Promise<Steps> {
  const missing: string[] = [];
  for (const model of new Set(experiments.flatMap(({ models }) => models)))
    if (!(await isThere(model))) missing.push(model);
  const manifests: (readonly string[])[] = [];
  const kept: string[] = [];
  const needed = new Set(experiments.flatMap((experiment) => experiment.manifests));
  for (const manifest of paperManifests) {
    const files = [...needed].filter(
      (file) => file === manifest.output || file.startsWith(`${manifest.output}/`),
    );
    if (files.length === 0) continue;
    const output = join(experimentsFolder(places), manifest.output);
    const are = await Promise.all(files.map((file) => isThere(join(experimentsFolder(places), file))));
    if (are.every(Boolean)) {
      kept.push(output);
      continue;
    }
    const sources = await sourcesOf(manifest, files.length, places.data, missing);
    const kit = manifest.kit === undefined ? [] : [manifest.kit.option, join(places.data, manifest.kit.name)];
    manifests.push([
      'manifest',
      manifest.layout,
      ...sources,
      ...kit,
      ...(manifest.options ?? []),
      '-o',
      output,
    ]);
  }
  if (missing.length > 0)
    throw new InputError(
      `${missing.length === 1 ? 'one thing is' : `${missing.length} things are`} missing: ${missing.join('; ')}; where to have them from: manifests/paper/README.md, docs/datasets.md`,
    );
  return { manifests, kept, experiments };
}

/** @param files how many manifests are needed of it @param missing told what is not there */
async function sourcesOf(
  { sources, kit, output }: PaperManifest,
  files: number,
  data: string,
  missing: string[],
): Promise<readonly string[]> {
  const isAny = async (names: readonly string[]): Promise<boolean> =>
    (await Promise.all(names.map((name) => isThere(join(data, name))))).every(Boolean);
  if (kit !== undefined && !(await isAny([kit.name]))) missing.push(join(data, kit.name));
  // One archive of several has not all that more than one manifest needs.
  const enough = files > 1 ? sources.slice(0, 2) : sources;
  for (const names of enough) if (await isAny(names)) return names.map((name) => join(data, name));
  missing.push(
    `${enough.map((names) => names.map((name) => join(data, name)).join(' and ')).join(', or ')} (for ${output})`,
  );
  return [];
}
