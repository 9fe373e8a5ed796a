import { requireRunDirectory } from './arguments.js';
import type { RunComparison } from './comparison/compare-runs.js';
import type { NamesCompared } from './comparison/name-pairs.js';
import { apart, type JobOptions } from './jobs/apart.js';
import { checkedOptions } from './options.js';

/** What is compared with what, and how to stop it. */
export interface CompareOptions extends NamesCompared, Pick<JobOptions, 'signal'> {}

/**
 * What differs between two runs, in configuration and in results, as `grodin compare` tells it, in a process of its own: of each
 * detector at the cell that each run chose for it, with a paired test (DeLong et al.) where both scored the same images, clustered
 * by photograph where images share some. It writes nothing.
 * @param first a run directory
 * @param second another one; the same one where `models` or `sets` say what of it is compared with what
 * @returns of runs that are not both finished the configuration alone: `unfinished` names them, and `pairs` is empty
 * @throws InputError naming an argument or option that is none
 * @throws InputError when a folder holds no run, both are the same one, or it has no model or set of a name
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
  const { signal, ...names } = checkedOptions('compare', options);
  return apart('compare', [first, second, names], { signal });
}
