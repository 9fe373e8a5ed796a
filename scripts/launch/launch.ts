import { readdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { isThere } from '../../manifests/output/file-system.js';
import { revisionFile } from '../../pipeline/store/revisions.js';
import { InputError, InterruptedError, RunFailedError } from '../../stages/errors.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { grodinCommand } from './grodin.js';
import { keepRunning, type ProgramEnd, type Watch } from './keep-running.js';
import type { LocalProcess } from './plan-processes.js';

/** What is launched. */
export interface Launch {
  /** The experiment file. */
  readonly experiment: string;
  /** The run directory. */
  readonly out: string;
  readonly processes: readonly LocalProcess[];
  /** Options of every process. */
  readonly options: readonly string[];
}

/**
 * Runs all processes of a launch over one run directory until all scores are there. The first begins the run and
 * the others join it, so that what is settled at the beginning, such as the batch size, is settled once. Given up
 * before that, it leaves the beginning to the next.
 * @throws InterruptedError when it was stopped
 * @throws InputError when a process refused what it was given, and none finished the run
 * @throws RunFailedError when all processes were given up
 */
export async function launch(
  { experiment, out, processes, options }: Launch,
  { say, ...signals }: Pick<Watch, 'say' | 'stop' | 'kill'>,
): Promise<void> {
  const directory = runDirectory(out);
  const watch: Watch = {
    ...signals,
    say,
    progress: () =>
      readdir(directory.shards).then(
        (names) => names.length,
        () => 0,
      ),
    // With fewer shards it would hardly have finished one of its own.
    enoughProgress: processes.length,
  };
  const start = (
    { name, prefix, environment, options: own }: LocalProcess,
    ...more: readonly string[]
  ): Promise<ProgramEnd> => {
    const all = [...own, ...options, ...more];
    const run = grodinCommand('run', experiment, '--out', out, '--no-reduce', ...all);
    return keepRunning({ name, command: [...prefix, ...run], environment }, watch);
  };
  const waiting = [...processes];
  const started: Promise<ProgramEnd>[] = [];
  for (let first = waiting.shift(); first !== undefined; first = waiting.shift()) {
    const beginning = start(first);
    started.push(beginning);
    if (await appears(revisionFile(directory, 1), beginning)) break;
    // What one refuses at the beginning the others would refuse too.
    if ((await beginning) === 'refused') waiting.length = 0;
  }
  // One of them looks at the images.
  const ends = await Promise.all([...started, ...waiting.map((one) => start(one, '--trust-images'))]);
  if (signals.stop.aborted) {
    throw new InterruptedError('stopped; finished work is kept: run the same command again to continue');
  }
  if (ends.includes('done')) return;
  if (ends.includes('refused')) throw new InputError('no process could run the experiment; see above');
  if (ends.includes('interrupted')) {
    throw new InterruptedError('all processes were stopped; run the same command again to continue');
  }
  throw new RunFailedError('all processes failed; see above. What is finished is kept');
}

/** Waits for a file. @returns false if `ended` resolves before it is there */
async function appears(file: string, ended: Promise<unknown>): Promise<boolean> {
  let hasEnded = false;
  const watched = ended.then(() => {
    hasEnded = true;
  });
  for (;;) {
    const there = await isThere(file);
    if (there) return true;
    if (hasEnded) return false;
    await Promise.race([watched, pause(50)]);
  }
}
