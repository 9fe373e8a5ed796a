import { chiSquareAbove } from '../distributions/chi-square.js';
import { fAbove } from '../distributions/f.js';
import { averageRanks } from './average-ranks.js';

/** Whether treatments differ at all, by their ranks in several blocks. */
export interface FriedmanTest {
  /** χ² with a degree of freedom fewer than treatments, corrected for ties. */
  readonly statistic: number;
  readonly p: number;
  /** F of Iman and Davenport, less conservative; ∞ where all blocks agree. */
  readonly f: number;
  readonly fP: number;
}

/**
 * The test of Friedman (1937), and its correction by Iman and Davenport (1980), which Demšar (2006) recommends.
 * @param blocks values by block, each of the same treatments in the same order: at least two of two
 * @returns null where the values of every block are all equal
 */
export function friedmanTest(blocks: readonly (readonly number[])[]): FriedmanTest | null {
  const n = blocks.length;
  const k = blocks[0]?.length ?? 0;
  const ties = blocks.reduce((sum, values) => sum + tiesIn(values), 0);
  const correction = 1 - ties / (n * k * (k ** 2 - 1));
  if (!(correction > 0)) return null;
  const squares = averageRanks(blocks).reduce((sum, rank) => sum + (rank - (k + 1) / 2) ** 2, 0);
  const statistic = ((12 * n) / (k * (k + 1))) * (squares / correction);
  // Rounding may lift it above what full agreement gives.
  const rest = Math.max(0, n * (k - 1) - statistic);
  const f = rest < 1e-12 * n ? Number.POSITIVE_INFINITY : ((n - 1) * statistic) / rest;
  return { statistic, p: chiSquareAbove(statistic, k - 1), f, fP: fAbove(f, k - 1, (k - 1) * (n - 1)) };
}

/** Σ t³ − t of the numbers t of equal values. */
function tiesIn(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Array.from(counts.values()).reduce((sum, t) => sum + t ** 3 - t, 0);
}
