import { describingSystemErrors } from '../manifests/output/system-error.js';
import { runDirectory } from '../workers/store/run-directory.js';
import { requireRunDirectory } from './arguments.js';
import type { JobOptions } from './jobs/apart.js';
import { checkedOptions } from './options.js';
import { type RunStatus, statusOf } from './status/run-status.js';

/** How to look, and how to stop looking. */
export interface StatusOptions extends Pick<JobOptions, 'signal'> {
  /** Read and check every shard; damaged ones are set aside, and count as not done. Default: false. */
  readonly check?: boolean | undefined;
}

/**
 * How far a run has come, and who works on it. Writes nothing unless every shard is to be checked, and may be asked from any host
 * while others write.
 * @param out the run directory
 * @throws InputError naming an option that is none
 * @throws InputError when the folder holds no run
 * @throws InterruptedError when `signal` was aborted
 */
export async function status(out: string, options: StatusOptions = {}): Promise<RunStatus> {
  requireRunDirectory('status', out);
  const { signal, check = false } = checkedOptions('status', options);
  return describingSystemErrors(() => statusOf(runDirectory(out), { check, signal }));
}
