import type { Engine } from './engine.js';

/** How threads agree on who opens a graph. */
export interface OpeningLock {
  /** One int32 that the threads share: the number of the thread that has the lock, or 0. */
  readonly opening: SharedArrayBuffer;
  /** This thread's number, from 1. */
  readonly number: number;
  /** Called every now and then while another thread has the lock. */
  readonly onWait: () => void;
}

/** How long a thread waits before it says that it does. */
const WAIT_MILLISECONDS = 100;

/** The same engine, whose threads open graphs one after the other. */
export function openingOneAtATime(engine: Engine, { opening, number, onWait }: OpeningLock): Engine {
  const holder = new Int32Array(opening);
  return {
    ...engine,
    async open(file, options) {
      for (;;) {
        const other = Atomics.compareExchange(holder, 0, 0, number);
        if (other === 0) break;
        Atomics.wait(holder, 0, other, WAIT_MILLISECONDS);
        onWait();
      }
      try {
        return await engine.open(file, options);
      } finally {
        unlockOpening(opening, number);
      }
    },
  };
}

/** Frees the lock if this thread has it, as one does that ended while it opened a graph. */
export function unlockOpening(opening: SharedArrayBuffer, number: number): void {
  const holder = new Int32Array(opening);
  if (Atomics.compareExchange(holder, 0, number, 0) === number) Atomics.notify(holder, 0, 1);
}
