import { dirname, resolve } from 'node:path';
import { writeAtomically } from '../../../manifests/output/atomic-file.js';
import { isThere } from '../../../manifests/output/file-system.js';
import { makeFolder } from '../../../manifests/output/make-folder.js';
import { InputError, InterruptedError } from '../../../stages/errors.js';
import { runDirectory } from '../../../workers/store/run-directory.js';
import { recordAgain, recordSubmission, resultsStamp } from '../../submissions/submission.js';
import { commandLine } from '../slurm/bash-text.js';
import { createJobs, deleteJobs, inNamespace, knownJobs, type NamedJobs } from './kubectl.js';
import type { KubernetesJob } from './kubernetes-job.js';
import { jobsIn, manifestFile } from './manifest-file.js';

/** Writes the manifest of a run, and makes its folder. */
export async function writeManifestFile(file: string, text: string): Promise<void> {
  await makeFolder(dirname(file));
  await writeAtomically(file, text);
}

/**
 * Submits the jobs of a manifest.
 * @throws InputError where the cluster knows jobs of their names; RunFailedError with kubectl's words where it refuses one,
 * InterruptedError when `signal` was aborted: those before it are removed then
 */
export async function submit(file: string, signal: AbortSignal): Promise<NamedJobs> {
  const jobs = await jobsIn(file);
  const [there] = await knownJobs(jobs);
  if (there !== undefined)
    throw new InputError(
      `job ${there.name}: the cluster has one of this name already; remove it (${deleteCommand(jobs)}), or submit under another --name`,
    );
  await create(file, jobs, signal);
  return jobs;
}

/**
 * Submits the jobs of a manifest again, as it is now, in place of those that have ended.
 * @throws InputError where they have not
 */
export async function resubmit(file: string, signal: AbortSignal): Promise<NamedJobs> {
  const jobs = await jobsIn(file);
  const known = await knownJobs(jobs);
  const [tasks] = jobs.names;
  // The job for the tables may still wait for scores that nobody makes.
  const running = known.find(({ name, hasEnded }) => name === tasks && !hasEnded);
  if (running !== undefined)
    throw new InputError(
      `job ${running.name}: has not ended, and goes on by itself; to begin anew: ${deleteCommand(jobs)}`,
    );
  if (known.length > 0) await deleteJobs(jobs);
  const directory = runDirectory(dirname(dirname(file)));
  const before = await resultsStamp(directory);
  await create(file, jobs, signal);
  if (manifestFile(directory.path) === resolve(file))
    await recordAgain(directory, { jobs: [...jobs.names], before });
  return jobs;
}

/**
 * Records that the jobs of a manifest were submitted, or will be, where this machine sees the run directory.
 * @param before the results that were there before, see `resultsStamp`
 */
export async function recordJobs(
  { out, experiment }: Pick<KubernetesJob, 'out' | 'experiment'>,
  file: string,
  { names }: NamedJobs,
  before: string | null,
): Promise<void> {
  if (file !== manifestFile(out) && !(await isThere(out))) return;
  const jobs = [...names];
  await recordSubmission(runDirectory(out), {
    scheduler: 'Kubernetes',
    jobs,
    experiment,
    before,
  });
}

/**
 * Removes the jobs of a manifest, whose pods drop their shards.
 * @returns names of those that the cluster had
 */
export async function cancel(file: string): Promise<readonly string[]> {
  const jobs = await jobsIn(file);
  const known = await knownJobs(jobs);
  if (known.length > 0) await deleteJobs(jobs);
  return known.map(({ name }) => name);
}

/** The command that removes jobs. */
export function deleteCommand({ namespace, names }: NamedJobs): string {
  return commandLine(['kubectl', ...inNamespace(namespace), 'delete', 'job', ...names]);
}

async function create(file: string, jobs: NamedJobs, signal: AbortSignal): Promise<void> {
  try {
    await createJobs(file, jobs.namespace);
  } catch (error) {
    // Of two jobs the first may be there.
    await deleteJobs(jobs).catch(() => {});
    throw error;
  }
  if (!signal.aborted) return;
  await deleteJobs(jobs);
  throw new InterruptedError('stopped; no job of it is left in the cluster: give the same command again');
}
