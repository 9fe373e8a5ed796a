import { Silence } from './silence.js';

/** Does work in a thread, and calls `onHang` if the thread does not move for longer than the deadline meanwhile. */
export type HangWatch = <T>(work: () => Promise<T>, onHang: () => void) => Promise<T>;

/**
 * Watches a worker thread from the main thread: an engine blocks the thread that it runs in, and can't be interrupted.
 * @param ticks one int32 that the thread counts up at every pass, and at every graph that it opens
 * @param deadline in milliseconds
 */
export function hangWatch(ticks: SharedArrayBuffer, deadline: number): HangWatch {
  const counter = new Int32Array(ticks);
  return async (work, onHang) => {
    const silence = new Silence(deadline);
    let seen = Atomics.load(counter, 0);
    const timer = setInterval(() => {
      const now = Atomics.load(counter, 0);
      if (now !== seen) {
        seen = now;
        silence.broken();
      } else if (silence.isTooLong()) {
        clearInterval(timer);
        onHang();
      }
    }, silence.interval);
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  };
}
