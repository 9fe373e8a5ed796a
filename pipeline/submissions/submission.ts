import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson } from '../../manifests/input/json-file.js';
import { validate } from '../../manifests/input/validate.js';
import { writeAtomically } from '../../manifests/output/atomic-file.js';
import { isThere } from '../../manifests/output/file-system.js';
import { makeFolder } from '../../manifests/output/make-folder.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { stampOf } from '../store/file-stamp.js';

/** What was given to a scheduler for a run last. */
export interface Submission {
  readonly scheduler: 'Slurm' | 'Kubernetes';
  /** What the scheduler calls its jobs. */
  readonly jobs: readonly string[];
  /** Absolute path of the experiment file, as its tasks see it. */
  readonly experiment: string;
  /** Which writing of the results was there before it; null where there was none. */
  readonly before: string | null;
}

const content: z.ZodType<Submission> = z.object({
  scheduler: z.enum(['Slurm', 'Kubernetes']),
  jobs: z.array(z.string()),
  experiment: z.string(),
  before: z.string().nullable(),
});

/**
 * Records what was given to a scheduler, in its place of the run directory, so that results of before are not taken for its own.
 * @param before the results that were there before: it may be over already
 */
export async function recordSubmission(directory: RunDirectory, submission: Submission): Promise<void> {
  await makeFolder(directory.path);
  await writeAtomically(fileOf(directory), `${JSON.stringify(submission, null, 2)}\n`);
}

/** What was given to a scheduler last, whatever has become of it; null where nothing was, or it was cancelled. */
export async function readSubmission(directory: RunDirectory): Promise<Submission | null> {
  const file = fileOf(directory);
  if (!(await isThere(file))) return null;
  return validate(content, await readJson(file, 'record of a submission'), { file, path: [] });
}

/** Records the same once more, as it is submitted again; nothing where none is recorded. */
export async function recordAgain(
  directory: RunDirectory,
  changed: Pick<Submission, 'jobs' | 'before'>,
): Promise<void> {
  const last = await readSubmission(directory);
  if (last !== null) await recordSubmission(directory, { ...last, ...changed });
}

/** Nothing is expected of what was submitted any more. */
export async function forgetSubmission(directory: RunDirectory): Promise<void> {
  await rm(fileOf(directory), { force: true });
}

/** Which writing of a run's results is there. */
export function resultsStamp(directory: RunDirectory): Promise<string | null> {
  return stampOf(directory.finished);
}

/** A submission in words. */
export function submissionText({ scheduler, jobs }: Submission): string {
  return `${scheduler} (${jobs.length === 1 ? 'job' : 'jobs'} ${jobs.join(', ')})`;
}

function fileOf({ path }: RunDirectory): string {
  return join(path, 'submitted.json');
}
