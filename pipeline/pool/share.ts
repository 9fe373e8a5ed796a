/** A part of the work that is given to one process beforehand. */
export interface Share {
  /** From 1 on. */
  readonly index: number;
  readonly count: number;
}

/**
 * The share of a list: each member is in the share of one index, and each share is of members that follow each other.
 * @param list the same, in the same order, for all processes
 */
export function shareOf<T>(list: readonly T[], { index, count }: Share): readonly T[] {
  const from = Math.floor(((index - 1) * list.length) / count);
  return list.slice(from, Math.floor((index * list.length) / count));
}
