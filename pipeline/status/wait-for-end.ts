import { setTimeout as pause } from 'node:timers/promises';
import { stopIfAborted } from '../../stages/aborted.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { readSubmission } from '../submissions/submission.js';
import { type RunStatus, RunWatcher } from './run-status.js';
import { waitForBeginning } from './wait-for-beginning.js';

/** How long to wait, and what is told meanwhile. */
export interface Waiting {
  /** Seconds after which it is enough. Default: none. */
  readonly timeout?: number | undefined;
  /** Seconds without anybody at work and without a finished shard after which nobody is expected any more. Default: none. */
  readonly idle?: number | undefined;
  /** Told of each look. */
  readonly onStatus?: ((status: RunStatus) => void) | undefined;
  /** Ends the wait at once. */
  readonly signal?: AbortSignal | undefined;
}

/** What a wait ended with. */
export interface Waited {
  /** Finished: what was waited for is there. Idle or timeout: as was asked for. */
  readonly end: 'finished' | 'idle' | 'timeout';
  /** The last look. */
  readonly status: RunStatus;
}

/** Rests between two looks: this long at least, and so many times what a look takes. */
const SHORTEST_REST_MILLISECONDS = 2_000;
const RESTS_PER_LOOK = 10;

/**
 * Looks at a run until its results are there, or it is enough. A run that was given to a scheduler need not be begun yet, and its results
 * are those of what was given to it last.
 * @throws InputError when the folder holds no run, and nothing was submitted for one
 * @throws InterruptedError when `signal` was aborted, or nothing is begun in time
 */
export async function waitForEnd(directory: RunDirectory, waiting: Waiting): Promise<Waited> {
  const left = (await readSubmission(directory)) === null ? {} : await waitForBeginning(directory, waiting);
  return waitUntil(directory, { ...waiting, ...left }, async ({ state }) => state === 'finished');
}

/**
 * Looks at a run until something is there, or it is enough.
 * @throws InputError when the folder holds no run
 * @throws InterruptedError when the signal was aborted
 */
export async function waitUntil(
  directory: RunDirectory,
  { timeout, idle, onStatus, signal }: Waiting,
  isThere: (status: RunStatus) => Promise<boolean>,
): Promise<Waited> {
  const watcher = new RunWatcher(directory);
  const begun = performance.now();
  let lastMove = { at: begun, done: -1 };
  for (;;) {
    const before = performance.now();
    const status = await watcher.look({ check: false, signal });
    onStatus?.(status);
    if (await isThere(status)) return { end: 'finished', status };
    const now = performance.now();
    const done = shardsDone(status);
    if (status.state === 'working' || done !== lastMove.done) lastMove = { at: now, done };
    if (idle !== undefined && now - lastMove.at >= idle * 1_000) return { end: 'idle', status };
    const left = timeout === undefined ? Number.POSITIVE_INFINITY : timeout * 1_000 - (now - begun);
    if (left <= 0) return { end: 'timeout', status };
    const rest = Math.max(SHORTEST_REST_MILLISECONDS, RESTS_PER_LOOK * (now - before));
    await pause(Math.min(rest, left), undefined, { signal }).catch(() => {});
    stopIfAborted(signal);
  }
}

function shardsDone({ waves }: RunStatus): number {
  return waves.reduce((sum, { done }) => sum + done, 0);
}
