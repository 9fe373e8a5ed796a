import { setTimeout as pause } from 'node:timers/promises';
import { stopIfAborted } from '../../stages/aborted.js';
import { InterruptedError } from '../../stages/errors.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { isBegun } from '../store/revisions.js';

/** Rests between two looks at a folder that holds no run yet. */
const REST_MILLISECONDS = 5_000;

/**
 * Waits until somebody has begun a run.
 * @returns how long is left of the timeout
 * @throws InterruptedError when it is not begun in time, or the signal was aborted
 */
export async function waitForBeginning(
  directory: RunDirectory,
  { timeout, signal }: { readonly timeout?: number | undefined; readonly signal?: AbortSignal | undefined },
): Promise<{ readonly timeout?: number | undefined }> {
  const begun = performance.now();
  for (;;) {
    const left = (timeout ?? Number.POSITIVE_INFINITY) * 1_000 - (performance.now() - begun);
    if (await isBegun(directory)) return timeout === undefined ? {} : { timeout: Math.max(0, left / 1_000) };
    if (left <= 0) throw new InterruptedError(`${directory.path}: nobody has begun the run in time`);
    await pause(Math.min(REST_MILLISECONDS, left), undefined, { signal }).catch(() => {});
    stopIfAborted(signal);
  }
}
