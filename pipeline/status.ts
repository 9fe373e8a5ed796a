import { describingSystemErrors } from '../manifests/output/system-error.js';
import { runDirectory } from '../workers/store/run-directory.js';
import { requireRunDirectory } from './arguments.js';
import type { JobOptions } from './jobs/apart.js';
import { checkedOptions } from './options.js';
import { type RunStatus, statusOf } from './status/run-status.js';

/** How to stop looking. */
export interface StatusOptions extends Pick<JobOptions, 'signal'> {}

/**
 * How far a run has come. Reads and checks every shard; damaged ones are set aside, and count as not done.
 * @param out the run directory
 * @throws InputError naming an option that is none
 * @throws InputError when the folder holds no run
 * @throws InterruptedError when `signal` was aborted, before another shard is read
 */
export async function status(out: string, options: StatusOptions = {}): Promise<RunStatus> {
  requireRunDirectory('status', out);
  const { signal } = checkedOptions('status', options);
  return describingSystemErrors(() => statusOf(runDirectory(out), signal));
}
