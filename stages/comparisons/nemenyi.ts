import { studentizedRangeQuantile } from '../distributions/studentized-range.js';

/**
 * By how much average ranks have to differ for one of all pairs to be told apart at a level of 5 % (Nemenyi, 1963; Demšar,
 * 2006): q √(k (k + 1) / 6 N), where q is the studentized range's 95 % quantile of infinite degrees of freedom over √2.
 * @param treatments k, at least 2
 * @param blocks N
 */
export function criticalDifference(treatments: number, blocks: number): number {
  const q = studentizedRangeQuantile(0.95, treatments) / Math.SQRT2;
  return q * Math.sqrt((treatments * (treatments + 1)) / (6 * blocks));
}

/**
 * The bars of a critical-difference diagram: runs of treatments, ordered by rank, that are no further apart than the critical
 * difference; without those that lie within a longer one.
 * @param ranks by treatment
 * @returns treatments of each bar, at least two, from the best
 */
export function cliquesOf(ranks: readonly number[], difference: number): readonly (readonly number[])[] {
  const order = Array.from(ranks.keys()).sort((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0) || a - b);
  const cliques: (readonly number[])[] = [];
  let reached = 0;
  for (const [first, treatment] of order.entries()) {
    const best = ranks[treatment] ?? Number.NaN;
    let end = first + 1;
    while (end < order.length && (ranks[order[end] ?? -1] ?? Number.NaN) - best <= difference) end += 1;
    if (end > reached && end - first > 1) cliques.push(order.slice(first, end));
    reached = Math.max(reached, end);
  }
  return cliques;
}
