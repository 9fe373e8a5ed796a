import { availableParallelism } from 'node:os';

/** The most images in a batch. */
export const mostImagesInBatch = 65_536;

/** The most threads that may be asked for: a machine with far more of them than cores stands still. */
export const mostThreads = 4 * Math.max(4, availableParallelism());

/** The longest side of a network's images. */
export const largestSide = 65_536;

/** Whether single precision, which graphs take, can hold a number: it is not too large, and not so small that digits are lost. */
export function inSinglePrecision(value: number): boolean {
  const single = Math.fround(value);
  return Number.isFinite(single) && (value === 0 || Math.abs(single) >= 2 ** -126);
}
