import { RunFailedError } from '../../../stages/errors.js';
import { runProgram } from '../run-program.js';

/**
 * Submits a batch script.
 * @param options of sbatch beside those in the script @param args what the script is given
 * @returns the job's number
 * @throws InputError where this machine has no sbatch; RunFailedError with its own words where it refuses
 */
export async function sbatch(
  script: string,
  options: readonly string[],
  args: readonly string[],
): Promise<string> {
  const printed = await slurm('sbatch', ['--parsable', ...options, script, ...args]);
  // Behind a semicolon stands the cluster, where there are several.
  const job = printed.trim().split('\n').at(-1)?.split(';')[0] ?? '';
  if (/^\d+$/.test(job)) return job;
  throw new RunFailedError(`sbatch ${script}: printed ${JSON.stringify(printed)} in place of a job's number`);
}

/** Cancels jobs; what can't be cancelled any more is left. */
export async function scancel(jobs: readonly string[]): Promise<void> {
  await cancelJobs(jobs).catch(() => undefined);
}

/** Cancels jobs. @throws as `sbatch` */
export async function cancelJobs(jobs: readonly string[]): Promise<void> {
  await slurm('scancel', jobs);
}

/** Those of some jobs that are in the queue or run. */
export async function inQueue(jobs: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const job of jobs) {
    const printed = await slurm('squeue', ['--noheader', '--format=%A', `--jobs=${job}`]).catch(
      (error: unknown) => {
        // So it says of what it has forgotten.
        if (error instanceof RunFailedError && /invalid job id/i.test(error.message)) return '';
        throw error;
      },
    );
    if (printed.trim() !== '') found.push(job);
  }
  return found;
}

/** How many tasks an array of this cluster may have, or null where it doesn't say. */
export async function largestArray(): Promise<number | null> {
  const found = /^MaxArraySize\s*=\s*(\d+)$/m.exec(await slurm('scontrol', ['show', 'config']))?.[1];
  return found === undefined ? null : Number(found);
}

function slurm(program: string, args: readonly string[]): Promise<string> {
  return runProgram(program, args, 'submit from a machine of the cluster, or see the scripts with --dry-run');
}
