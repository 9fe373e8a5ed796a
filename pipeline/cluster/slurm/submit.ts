import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { writeAtomically } from '../../../manifests/output/atomic-file.js';
import { makeFolder } from '../../../manifests/output/make-folder.js';
import { withTemporaryFolder } from '../../../manifests/output/temporary-folder.js';
import { InputError, InterruptedError } from '../../../stages/errors.js';
import { runDirectory } from '../../../workers/store/run-directory.js';
import { recordAgain, recordSubmission, resultsStamp } from '../../submissions/submission.js';
import { requireOneLine } from './bash-text.js';
import { reduceScript } from './reduce-script.js';
import { slurmFolder } from './script-head.js';
import { inQueue, largestArray, sbatch, scancel } from './slurm-commands.js';
import type { SlurmJob } from './slurm-job.js';
import { keepSubmission, lastSubmission, type SubmittedJob } from './submission.js';
import { tasksScript } from './tasks-script.js';

/** A batch script by its file name; scripts are submitted in order, each when those before it have ended. */
export interface BatchScript {
  readonly file: string;
  readonly text: string;
}

/** The job that makes the tables; the others are arrays, whose numbers it is given. */
const reduceFile = 'reduce.sh';

/** The batch scripts of a run, in the order in which they are submitted. */
export function batchScripts(job: SlurmJob): readonly BatchScript[] {
  requireOneLine('the experiment', job.experiment);
  requireOneLine('--out', job.out);
  const reduce = { file: reduceFile, text: reduceScript(job) };
  const wave = (number: 1 | 2) => ({ file: `wave-${number}.sh`, text: tasksScript(job, number) });
  switch (job.waves) {
    case 'all':
      return [{ file: 'tasks.sh', text: tasksScript(job, null) }, reduce];
    case 'each':
      return [wave(1), wave(2), reduce];
    case 1:
      return [wave(1)];
    case 2:
      return [wave(2), reduce];
  }
}

/**
 * Checks that bash can read scripts, of which some lines may come from a configuration.
 * @throws InputError with what bash says
 */
export async function requireBash(scripts: readonly BatchScript[]): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    for (const { file, text } of scripts) {
      const place = `${folder}/${file}`;
      await writeAtomically(place, text);
      await new Promise<void>((resolve, reject) => {
        execFile('bash', ['-n', place], (error, _, err) => {
          if (error === null) resolve();
          else {
            const why = err.trim().replaceAll(`${place}: `, '').replaceAll('\n', '; ');
            reject(
              new InputError(
                `${file}: bash can't read the script (${why}); mend "setup", "container" or "grodin" of the --config file`,
              ),
            );
          }
        });
      });
    }
  });
}

/**
 * Writes the scripts of a run into its directory and submits them.
 * @throws InputError where the cluster takes no array of so many tasks; RunFailedError with Slurm's words where it refuses
 * a job, InterruptedError when `signal` was aborted: those before it are cancelled then
 */
export async function submit(
  { out, tasks, experiment }: Pick<SlurmJob, 'out' | 'tasks' | 'experiment'>,
  scripts: readonly BatchScript[],
  signal: AbortSignal,
): Promise<readonly SubmittedJob[]> {
  const most = await largestArray();
  if (most !== null && tasks > most)
    throw new InputError(
      `--tasks: found ${tasks}, but this cluster takes arrays of ${most} tasks at most (MaxArraySize); ask for fewer, and submit the ` +
        'rest as another array over the same --out: any number of tasks may share a run',
    );
  const folder = slurmFolder(out);
  await makeFolder(folder);
  for (const { file, text } of scripts) {
    await writeAtomically(`${folder}/${file}`, text);
    await chmod(`${folder}/${file}`, 0o755);
  }
  const files = scripts.map(({ file }) => file);
  // Before any of it can have made results.
  const before = await resultsStamp(runDirectory(out));
  const jobs = await submitFiles(out, files, signal);
  await recordSubmission(runDirectory(out), {
    scheduler: 'Slurm',
    jobs: jobs.map(({ job }) => job),
    experiment,
    before,
  });
  return jobs;
}

/**
 * Submits the scripts of a run's last submission again, as they are in its directory now.
 * @param prepare is done before, where nothing is in the way
 * @throws InputError where nothing was submitted, or its jobs are still in the queue
 */
export async function resubmit(
  out: string,
  signal: AbortSignal,
  prepare: () => Promise<void> = async () => {},
): Promise<readonly SubmittedJob[]> {
  const last = await lastSubmission(out);
  if (last === null)
    throw new InputError(
      `${slurmFolder(out)}: nothing was submitted for this run yet; submit it without --resume`,
    );
  const there = await inQueue(last.map(({ job }) => job));
  if (there.length > 0)
    throw new InputError(
      `${out}: ${there.length === 1 ? 'job' : 'jobs'} ${there.join(', ')} of its last submission ${there.length === 1 ? 'is' : 'are'} still in the queue, and ` +
        `${there.length === 1 ? 'goes' : 'go'} on by ${there.length === 1 ? 'itself' : 'themselves'}; to begin anew: scancel ${there.join(' ')}`,
    );
  await prepare();
  const before = await resultsStamp(runDirectory(out));
  const jobs = await submitFiles(
    out,
    last.map(({ script }) => script),
    signal,
  );
  await recordAgain(runDirectory(out), { jobs: jobs.map(({ job }) => job), before });
  return jobs;
}

async function submitFiles(
  out: string,
  files: readonly string[],
  signal: AbortSignal,
): Promise<readonly SubmittedJob[]> {
  const jobs: SubmittedJob[] = [];
  try {
    for (const script of files) {
      if (signal.aborted)
        throw new InterruptedError(
          'stopped; nothing of it is left in the queue: give the same command again',
        );
      const before = jobs.at(-1);
      const arrays = jobs.map(({ job }) => job);
      // Also when some of their tasks have failed: whoever comes later does what is left, or says what is missing.
      const after = before === undefined ? [] : [`--dependency=afterany:${before.job}`];
      const args = script === reduceFile ? arrays : [];
      jobs.push({ script, job: await sbatch(`${slurmFolder(out)}/${script}`, after, args) });
    }
  } catch (error) {
    if (jobs.length > 0) await scancel(jobs.map(({ job }) => job));
    throw error;
  }
  await keepSubmission(out, jobs);
  return jobs;
}
