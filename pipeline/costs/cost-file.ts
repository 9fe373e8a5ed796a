import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../../manifests/output/atomic-file.js';
import { namesIn } from '../../manifests/output/file-system.js';
import { makeFolder } from '../../manifests/output/make-folder.js';
import { hashJson } from '../../workers/store/canonical-json.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import type { DeviceCosts } from './device-costs.js';

const figure = z.number().nullable();

const costFile = z.object({
  format: z.literal(1),
  device: z.string(),
  processor: z.string(),
  engine: z.string(),
  engineVersion: z.string(),
  provider: z.string(),
  precision: z.string(),
  threads: z.number(),
  batch: z.number(),
  date: z.string(),
  models: z.array(
    z.object({
      name: z.string(),
      sha256: z.string(),
      sameAs: z.string().nullable(),
      inference: figure,
      perturbation: figure,
      scoring: figure,
      training: figure,
      inferences: figure,
      trainingSteps: figure,
      problem: z.string().nullable(),
    }),
  ),
});

/** On what costs are measured: what has a file of its own. */
export type CostPlace = Pick<DeviceCosts, 'device' | 'processor' | 'precision' | 'threads' | 'batch'>;

/** Where the costs on one device lie. */
export function costFileOf(directory: RunDirectory, place: CostPlace): string {
  const { device, processor, precision, threads, batch } = place;
  const hash = hashJson({ device, processor, precision, threads, batch }).slice(0, 8);
  return join(directory.timings, `${device.replaceAll(/[^A-Za-z0-9]+/g, '-')}-${hash}.json`);
}

/** Keeps what was measured, in place of what was there of the same device and batch. */
export async function writeCosts(directory: RunDirectory, costs: DeviceCosts): Promise<void> {
  await makeFolder(directory.timings);
  await writeAtomically(
    costFileOf(directory, costs),
    `${JSON.stringify({ format: 1, ...costs }, null, 2)}\n`,
  );
}

/** What was measured of a run, by the names of its files; files that hold nothing of the kind are passed over. */
export async function readCosts(directory: RunDirectory): Promise<readonly DeviceCosts[]> {
  const names = await namesIn(directory.timings);
  const found: DeviceCosts[] = [];
  for (const name of names.filter((one) => one.endsWith('.json')).sort()) {
    const costs = await readCostFile(join(directory.timings, name));
    if (costs !== null) found.push(costs);
  }
  return found;
}

/** @returns null where there is no such file, or it holds something else */
export async function readCostFile(file: string): Promise<DeviceCosts | null> {
  try {
    const { format: _, ...costs } = costFile.parse(JSON.parse(await readFile(file, 'utf8')));
    return costs;
  } catch {
    return null;
  }
}
