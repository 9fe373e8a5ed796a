import { requireRunDirectory } from './arguments.js';
import type { RunComparison } from './comparison/compare-runs.js';
import { apart, type JobOptions } from './jobs/apart.js';
import { checkedOptions } from './options.js';

/** How to stop a comparison. */
export interface CompareOptions extends Pick<JobOptions, 'signal'> {}

/**
 * What differs between two runs, in configuration and in results, as `grodin compare` tells it, in a process of its own: of each
 * detector at the cell that each run chose for it, with a paired test (DeLong et al.) where both scored the same images, clustered
 * by photograph where images share some. It writes nothing.
 * @param first a run directory
 * @param second another one
 * @returns of runs that are not both finished the configuration alone: `unfinished` names them, and `pairs` is empty
 * @throws InputError naming an argument or option that is none
 * @throws InputError when a folder holds no run, or both are the same one
 * @throws MetricError where a score is not finite
 * @throws InterruptedError when `signal` was aborted
 */
export async function compare(
  first: string,
  second: string,
  options: CompareOptions = {},
): Promise<RunComparison> {
  requireRunDirectory('compare', first, 'first');
  requireRunDirectory('compare', second, 'second');
  const { signal } = checkedOptions('compare', options);
  return apart('compare', [first, second], { signal });
}
