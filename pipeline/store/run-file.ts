import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { InputError, RunFailedError } from '../errors.js';
import type { PlannedExperiment } from '../experiment/experiment.js';
import { createExclusively, writeAtomically } from './atomic-file.js';
import { canonicalJson, type Json } from './canonical-json.js';
import { isErrno } from './errno.js';
import type { RunDirectory } from './run-directory.js';

const preprocess = z.object({
  resize: z.number().nullable(),
  // Runs of before there was a choice say none.
  interpolation: z.enum(['bilinear', 'bicubic']).default('bilinear'),
  crop: z.number().nullable(),
  mean: z.tuple([z.number(), z.number(), z.number()]),
  std: z.tuple([z.number(), z.number(), z.number()]),
});

const set = z.object({
  name: z.string(),
  manifest: z.string(),
  validation: z.number(),
  test: z.number().nullable(),
});

const experiment = z.object({
  name: z.string(),
  models: z.array(
    z.object({
      name: z.string(),
      file: z.string(),
      preprocess,
      parameters: z.array(z.string()),
      tie: z.array(z.string()),
      untie: z.array(z.string()),
    }),
  ),
  inDomain: set,
  outliers: z.array(set),
  detectors: z.array(z.string()),
  grid: z.object({ epsilon: z.array(z.number()), temperature: z.array(z.number()) }),
  perturbation: z.object({ space: z.enum(['pixel', 'normalized']) }),
  seed: z.number(),
  resamplings: z.object({ deviation: z.number(), interval: z.number() }),
  batchSize: z.number(),
  // Runs of before there were others say none.
  engine: z.string().default('onnxruntime'),
  shardSeconds: z.number(),
  maxBadFraction: z.number(),
}) satisfies z.ZodType<PlannedExperiment>;

/** One state of a run's experiment, with what its files were. */
export interface Revision {
  readonly experiment: PlannedExperiment;
  /** sha256 (hex) of every model file and manifest, by name. */
  readonly models: Readonly<Record<string, string>>;
  readonly manifests: Readonly<Record<string, string>>;
  readonly scoreSchema: number;
  readonly engine: string;
  /** Versions by name; no shard's identity depends on them. */
  readonly software: Readonly<Record<string, string>>;
}

const revision = z.object({
  experiment,
  models: z.record(z.string(), z.string()),
  manifests: z.record(z.string(), z.string()),
  scoreSchema: z.number(),
  engine: z.string(),
  software: z.record(z.string(), z.string()),
}) satisfies z.ZodType<Revision>;

const runFile = z.object({ revisions: z.array(revision).min(1) });

/**
 * All revisions of a run, the latest last; none when the run is new.
 * @throws RunFailedError when `run.json` is not one
 */
export async function readRevisions(directory: RunDirectory): Promise<readonly Revision[]> {
  let text: string;
  try {
    text = await readFile(directory.run, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR')) return [];
    throw error;
  }
  try {
    return runFile.parse(JSON.parse(text)).revisions;
  } catch (error) {
    throw new RunFailedError(`${directory.run}: not a run file of this version; use another --out`, {
      cause: error,
    });
  }
}

/**
 * The latest revision of a run that exists.
 * @throws InputError when the folder holds no run
 */
export async function readLatestRevision(directory: RunDirectory): Promise<Revision> {
  const latest = (await readRevisions(directory)).at(-1);
  if (latest !== undefined) return latest;
  throw new InputError(
    `${directory.path}: holds no run (there is no run.json); start one with: grodin run EXPERIMENT --out DIR`,
  );
}

/**
 * Appends a revision, unless it equals the latest one.
 * @throws RunFailedError when another process has begun the run meanwhile with another batch size
 */
export async function appendRevision(
  directory: RunDirectory,
  revisions: readonly Revision[],
  next: Revision,
): Promise<void> {
  const latest = revisions.at(-1);
  if (latest !== undefined && canonicalJson(asJson(latest)) === canonicalJson(asJson(next))) return;
  const text = `${JSON.stringify({ revisions: [...revisions, next] }, null, 2)}\n`;
  if (latest !== undefined) return writeAtomically(directory.run, text);
  if (await createExclusively(directory.run, text)) return;
  const begun = await readRevisions(directory);
  const { batchSize } = next.experiment;
  const other = begun.at(-1)?.experiment.batchSize;
  if (other !== batchSize) {
    throw new RunFailedError(
      `${directory.run}: another process has begun this run with batches of ${other}, not ${batchSize}; run again`,
    );
  }
  await appendRevision(directory, begun, next);
}

/** A value as it comes back from a JSON file. */
export function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}
