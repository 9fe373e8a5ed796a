import type { Experiment } from './experiment/experiment.js';
import { type CacheSettings, cacheSettings } from './graphs/graph-cache.js';
import type { Supervision } from './pool/supervisor.js';
import { supervise } from './pool/supervisor.js';
import { runDirectory } from './store/run-directory.js';
import { allPlanned, isFinished } from './waves/finished.js';
import { openRun } from './waves/open-run.js';
import { type RunResults, readResults } from './waves/results.js';
import { retryFailed } from './waves/retry-failed.js';

/** Where and how a run is run. */
export interface RunOptions extends Omit<Supervision, 'entry'> {
  /** The run directory: made if it isn't there, resumed if it is. */
  readonly out: string;
  /** Worker threads on the CPU. Default: one a core. */
  readonly workers?: number;
  /** Score again the shards in which images could not be used. Default: false. */
  readonly retryFailed?: boolean;
  /** Where compiled graphs are kept for later runs, or null for nowhere. Default: as the environment says. */
  readonly cache?: CacheSettings | null;
}

/** What a run ends with. */
export interface RunOutcome extends RunResults {
  /** True when the run was finished before, so that nothing was done. */
  readonly nothingToDo: boolean;
}

/**
 * Runs an experiment to its end, from wherever its run directory is. May be killed at any time: the same call
 * goes on and gives the same bytes.
 * @throws InputError when the experiment doesn't fit its files, or the run that is there
 * @throws RunFailedError when too many images, or a shard, could not be used
 * @throws InterruptedError when `stop` or `kill` was aborted
 */
export async function run(experiment: Experiment, options: RunOptions): Promise<RunOutcome> {
  const opened = await openRun(experiment, runDirectory(options.out));
  if (options.retryFailed) await retryFailed(opened, await allPlanned(opened));
  if (await isFinished(opened)) return { ...(await readResults(opened)), nothingToDo: true };
  const { out, workers, retryFailed: _, cache = cacheSettings(process.env), ...supervision } = options;
  await supervise({ experiment, out, workers: workers ?? null, cache }, supervision);
  return { ...(await readResults(opened)), nothingToDo: false };
}
