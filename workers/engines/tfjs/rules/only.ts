import type { Value } from '../value.js';

/** The one value that a step takes. */
export function only([value]: readonly Value[]): Value {
  if (value === undefined) throw new TypeError('a step takes a value that it was not given');
  return value;
}
