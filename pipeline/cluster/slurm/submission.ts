import { z } from 'zod';
import { readJson } from '../../../manifests/input/json-file.js';
import { validate } from '../../../manifests/input/validate.js';
import { writeAtomically } from '../../../manifests/output/atomic-file.js';
import { isThere } from '../../../manifests/output/file-system.js';
import { slurmFolder } from './script-head.js';

const submitted = z.object({
  /** File name of its script, in the same folder. */
  script: z.string().regex(/^[\w-]+\.sh$/),
  /** Its number. */
  job: z.string().regex(/^\d+$/),
});

const content = z.object({
  /** In the order in which they were submitted: arrays first. */
  jobs: z.array(submitted),
});

/** A job that was given to Slurm. */
export type SubmittedJob = z.infer<typeof submitted>;

/** Keeps what was submitted last for a run. */
export async function keepSubmission(out: string, jobs: readonly SubmittedJob[]): Promise<void> {
  await writeAtomically(fileOf(out), `${JSON.stringify({ jobs }, null, 2)}\n`);
}

/** What was submitted last for a run, or null where nothing was. */
export async function lastSubmission(out: string): Promise<readonly SubmittedJob[] | null> {
  const file = fileOf(out);
  if (!(await isThere(file))) return null;
  return validate(content, await readJson(file, 'record of a submission'), { file, path: [] }).jobs;
}

function fileOf(out: string): string {
  return `${slurmFolder(out)}/submission.json`;
}
