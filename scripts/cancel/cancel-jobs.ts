import { isThere } from '../../manifests/output/file-system.js';
import { jobsIn, manifestFile } from '../../pipeline/cluster/kubernetes/manifest-file.js';
import { cancel, deleteCommand } from '../../pipeline/cluster/kubernetes/submit.js';
import { commandLine } from '../../pipeline/cluster/slurm/bash-text.js';
import { cancelJobs, inQueue } from '../../pipeline/cluster/slurm/slurm-commands.js';
import { lastSubmission } from '../../pipeline/cluster/slurm/submission.js';
import { GrodinError } from '../../stages/errors.js';

/** What became of the jobs that were submitted for a run. */
export interface CancelledJobs {
  /** In words, each a line. */
  readonly cancelled: readonly string[];
  /** What could not be, and what to do, each a line. */
  readonly unreached: readonly string[];
}

/** Cancels what the last submission to Slurm gave the queue. */
export async function cancelSlurm(out: string): Promise<CancelledJobs> {
  const jobs = (await lastSubmission(out))?.map(({ job }) => job) ?? [];
  if (jobs.length === 0) return { cancelled: [], unreached: [] };
  return reaching(`jobs ${jobs.join(', ')} of Slurm`, commandLine(['scancel', ...jobs]), async () => {
    const there = await inQueue(jobs);
    if (there.length > 0) await cancelJobs(there);
    return there.map((job) => `job ${job} of Slurm: cancelled`);
  });
}

/** Removes the jobs of the manifest for Kubernetes. */
export async function cancelKubernetes(out: string): Promise<CancelledJobs> {
  const file = manifestFile(out);
  if (!(await isThere(file))) return { cancelled: [], unreached: [] };
  const jobs = await jobsIn(file);
  return reaching(`jobs ${jobs.names.join(', ')} of Kubernetes`, deleteCommand(jobs), async () =>
    (await cancel(file)).map((name) => `job ${name} of Kubernetes: removed, with its pods`),
  );
}

async function reaching(
  what: string,
  command: string,
  work: () => Promise<readonly string[]>,
): Promise<CancelledJobs> {
  try {
    return { cancelled: await work(), unreached: [] };
  } catch (error) {
    if (!(error instanceof GrodinError)) throw error;
    return {
      cancelled: [],
      unreached: [`${what}: can't be reached from here (${error.message}); run ${command} where they can`],
    };
  }
}
