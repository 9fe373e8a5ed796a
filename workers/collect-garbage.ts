import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Frees what nothing refers to any more, at once. Memory outside JavaScript's heap, as of weights, alone does not soon
 * make Node do so.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  // The flag adds the function to contexts made from then on.
  const collect: unknown = runInNewContext('globalThis.gc');
  if (typeof collect === 'function') collect();
}
