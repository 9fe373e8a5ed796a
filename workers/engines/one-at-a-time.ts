import type { Engine } from './engine.js';

/**
 * The same engine, of which threads open graphs one after the other.
 * @param lock one int32 that the threads share, 0 while nobody has it
 */
export function openingOneAtATime(engine: Engine, lock: SharedArrayBuffer): Engine {
  const flag = new Int32Array(lock);
  return {
    ...engine,
    async open(file, options) {
      while (Atomics.compareExchange(flag, 0, 0, 1) !== 0) Atomics.wait(flag, 0, 1);
      try {
        return await engine.open(file, options);
      } finally {
        Atomics.store(flag, 0, 0);
        Atomics.notify(flag, 0, 1);
      }
    },
  };
}
