import type { JournalEntry } from '../../pipeline/journal/journal.js';

/** The part of a run when all that is opened is open, and enough is left to do. */
export interface SteadyPart {
  /** In milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Images · ε a second. */
  readonly rate: number;
  readonly shards: number;
}

/**
 * Shards of whole grids between the first third of them and the last: graphs are opened in the first.
 * @param entries of a run's journals
 * @param grid how many ε a shard of the grid scores for each image
 * @returns null where there are too few
 */
export function steadyPart(
  entries: readonly JournalEntry[],
  { epsilons }: { readonly epsilons: number },
): SteadyPart | null {
  const ofGrid = entries.filter(({ passes }) => passes >= epsilons).toSorted((a, b) => a.to - b.to);
  const first = ofGrid[Math.floor(ofGrid.length / 3)];
  const last = ofGrid.at(-1);
  if (first === undefined || last === undefined || last.to <= first.to) return null;
  // What was done by the beginning does not count, what was done at the end does.
  const within = ofGrid.filter(({ to }) => to > first.to);
  const images = within.reduce((sum, entry) => sum + entry.images, 0);
  return {
    from: first.to,
    to: last.to,
    rate: (images * epsilons) / ((last.to - first.to) / 1000),
    shards: within.length,
  };
}
