import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { RunFailedError } from '../../../stages/errors.js';
import type { JobState, SlurmClient } from './client.js';

/** How many seconds anything that must happen soon is waited for. */
const PATIENCE = 90;

/**
 * Looks again and again until something is found.
 * @param patience how many seconds
 * @throws RunFailedError where it never is
 */
export async function waitFor<Found>(
  what: string,
  look: () => Promise<Found | null>,
  patience = PATIENCE,
): Promise<Found> {
  for (const end = performance.now() + 1_000 * patience; performance.now() < end; await pause(200)) {
    const found = await look();
    if (found !== null) return found;
  }
  throw new RunFailedError(`${what}: did not happen within ${patience} s`);
}

/** Waits for a task to run. */
export function running(client: SlurmClient, name: string): Promise<JobState> {
  return waitFor(`task ${name} runs`, async () => {
    return (await client.jobs()).find((job) => job.name === name && job.state === 'RUNNING') ?? null;
  });
}

/** Waits until none of some jobs is in the queue any more. @param patience how many seconds */
export async function gone(client: SlurmClient, jobs: readonly string[], patience?: number): Promise<void> {
  const look = async () => {
    const there = (await client.jobs()).filter(({ name }) =>
      jobs.some((job) => name === job || name.startsWith(`${job}_`)),
    );
    return there.length === 0 ? true : null;
  };
  await waitFor(`jobs ${jobs.join(', ')} end`, look, patience);
}

/** Waits for a line of a log. @param count how many such lines there must be */
export async function logged(file: string, line: RegExp, count = 1): Promise<void> {
  const all = new RegExp(line.source, 'gm');
  await waitFor(`${file} has ${line}`, async () => {
    const text = await readFile(file, 'utf8').catch(() => '');
    return (text.match(all)?.length ?? 0) >= count ? true : null;
  });
}

/** The process of a task's `grodin run` that watches over the others. */
export async function grodinOf(job: string, task: number): Promise<number> {
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const [command, environment] = await Promise.all(
      ['cmdline', 'environ'].map((name) => readFile(`/proc/${pid}/${name}`, 'latin1').catch(() => '')),
    );
    const [program = '', script = '', word] = (command ?? '').split('\0');
    const variables = new Set((environment ?? '').split('\0'));
    const isTask = variables.has(`SLURM_ARRAY_JOB_ID=${job}`) && variables.has(`SLURM_ARRAY_TASK_ID=${task}`);
    if (isTask && program.endsWith('node') && script.endsWith('/main.js') && word === 'run')
      return Number(pid);
  }
  throw new RunFailedError(`task ${job}_${task} runs no grodin`);
}
