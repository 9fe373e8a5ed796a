import { describingSystemErrors } from '../manifests/output/system-error.js';
import { runDirectory } from '../workers/store/run-directory.js';
import { requireRunDirectory } from './arguments.js';
import type { JobOptions } from './jobs/apart.js';
import { checkedOptions } from './options.js';
import { type Waited, type Waiting, waitForEnd } from './status/wait-for-end.js';

/** How long to wait, and what is told meanwhile. */
export interface WaitOptions extends Waiting, Pick<JobOptions, 'signal'> {}

/**
 * Waits for a run that others work on. Writes nothing.
 * @param out the run directory
 * @throws InputError naming an option that is none, or out of bounds
 * @throws InputError when the folder holds no run
 * @throws InterruptedError when `signal` was aborted
 */
export async function wait(out: string, options: WaitOptions = {}): Promise<Waited> {
  requireRunDirectory('wait', out);
  const checked = checkedOptions('wait', options);
  return describingSystemErrors(() => waitForEnd(runDirectory(out), checked));
}
