import { runDirectory, writtenFolders } from '../workers/store/run-directory.js';
import { requireRunDirectory } from './arguments.js';
import { apart, type JobOptions } from './jobs/apart.js';
import { checkedOptions } from './options.js';
import type { ReduceSettings } from './results/reduce-run.js';
import type { RunResults } from './results/stored-results.js';

/** How a run is reduced, and how to stop that. */
export interface ReduceOptions extends ReduceSettings, Pick<JobOptions, 'signal'> {}

/**
 * Computes selection, metrics and tables anew from the finished shards of a run's latest experiment, in a process of its own;
 * scores nothing.
 * @param out the run directory
 * @throws InputError naming an option that is out of bounds
 * @throws InputError when the folder holds no run, or its files have changed
 * @throws RunFailedError when shards are missing, with their number
 * @throws InterruptedError when `signal` was aborted; the same call begins again
 */
export async function reduce(out: string, options: ReduceOptions = {}): Promise<RunResults> {
  requireRunDirectory('reduce', out);
  const { signal, ...settings } = checkedOptions('reduce', options);
  return apart('reduce', [out, settings], { signal, writesIn: writtenFolders(runDirectory(out)) });
}
