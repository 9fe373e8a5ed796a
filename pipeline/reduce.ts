import { runDirectory } from '../workers/store/run-directory.js';
import { checkedOptions } from './options.js';
import { type ReduceOptions, reduceRun } from './results/reduce-run.js';
import type { RunResults } from './results/stored-results.js';

/**
 * Computes selection, metrics and tables anew from the finished shards of a run's latest experiment; scores nothing.
 * @param out the run directory
 * @throws InputError naming an option that is out of bounds
 * @throws InputError when the folder holds no run, or its files have changed
 * @throws RunFailedError when shards are missing, with their number
 */
export async function reduce(out: string, options: ReduceOptions = {}): Promise<RunResults> {
  return reduceRun(runDirectory(out), checkedOptions('reduce', options));
}
