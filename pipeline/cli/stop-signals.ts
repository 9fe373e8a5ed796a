import { getEventListeners } from 'node:events';
import { InterruptedError } from '../../stages/errors.js';
import type { Stops } from './stops.js';

/** What the requests to end a command mean. */
export interface StopSignals {
  /** Aborted by SIGUSR2: end by finishing what is in flight, and begin nothing more. */
  readonly drain: AbortSignal;
  /** Aborted by the first of the others: end cleanly, and soon. */
  readonly stop: AbortSignal;
  /** Aborted by the second of these, or when ending cleanly takes too long: end at once. */
  readonly kill: AbortSignal;
}

/** How long a task that was told to stop may take, and then to end what it started. */
export interface StopTimes {
  readonly stopMilliseconds: number;
  readonly killMilliseconds: number;
}

/** Together less than the 5 seconds that whoever sent a signal waits. */
const usualPatience: StopTimes = { stopMilliseconds: 3_000, killMilliseconds: 700 };

/**
 * Runs a task during which SIGINT, SIGTERM, SIGHUP and SIGUSR2 stop the task instead of the process. SIGHUP never kills, as a
 * closing terminal sends several. SIGUSR2 stops as the others do what does not listen to `drain`, and does nothing more to
 * what is ending already. What does not listen to `stop`, or has not ended in time, is left to the end of the process.
 * @throws InterruptedError when the task was not waited for
 */
export async function withStopSignals<T>(
  stops: Stops,
  task: (signals: StopSignals) => Promise<T>,
  { stopMilliseconds, killMilliseconds }: StopTimes = usualPatience,
): Promise<T> {
  const drain = new AbortController();
  const stop = new AbortController();
  const kill = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  const { promise: tooLate, reject } = deferred();
  const killNow = (): void => {
    if (kill.signal.aborted) return;
    kill.abort();
    timers.push(setTimeout(() => reject(stopped()), killMilliseconds));
  };
  const giveBack = stops.handle((signal) => {
    if (signal === 'SIGUSR2' && (stop.signal.aborted || drain.signal.aborted)) return;
    if (stop.signal.aborted) {
      if (signal !== 'SIGHUP') killNow();
      return;
    }
    if (signal === 'SIGUSR2' && isHeeded(drain.signal)) {
      drain.abort();
      return;
    }
    // Before anything that has to be stopped was started there is nothing to wait for.
    const isWaitedFor = isHeeded(stop.signal);
    stop.abort();
    if (isWaitedFor) timers.push(setTimeout(killNow, stopMilliseconds));
    else reject(stopped());
  });
  try {
    return await Promise.race([task({ drain: drain.signal, stop: stop.signal, kill: kill.signal }), tooLate]);
  } finally {
    for (const timer of timers) clearTimeout(timer);
    giveBack();
  }
}

function isHeeded(signal: AbortSignal): boolean {
  return getEventListeners(signal, 'abort').length > 0;
}

function stopped(): InterruptedError {
  return new InterruptedError('stopped; finished work is kept: run the same command again to continue');
}

function deferred(): { readonly promise: Promise<never>; readonly reject: (error: Error) => void } {
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<never>((_, fail) => {
    reject = fail;
  });
  return { promise, reject };
}
