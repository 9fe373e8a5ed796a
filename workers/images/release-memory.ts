import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Pixels of fewer bytes are left to V8, which lets go of them in its own time. */
const LARGE = 8e6;

type Collect = () => void;

/**
 * A function to be called when pixels of so many bytes are no longer needed; resolves when their memory is free. V8 sees a
 * few bytes where an image has a hundred millions and would let several of them pile up, so it is asked to collect garbage.
 */
export function pixelRelease(): (bytes: number) => Promise<void> {
  let collect: Collect | undefined;
  return async (bytes) => {
    if (bytes < LARGE) return;
    collect ??= collector();
    collect();
    // Native code is told in the turn after.
    await setImmediate();
    await setImmediate();
  };
}

/** V8's own function, which it hands out only to contexts that are made while it is asked for. */
function collector(): Collect {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return typeof gc === 'function' ? (gc as Collect) : () => {};
}
