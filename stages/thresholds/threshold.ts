import { binomialCumulative } from './binomial.js';

/** A threshold δ(α): an image is rejected as out-of-domain where its score is larger (section 2). */
export interface Threshold {
  /** ∞ where there are too few scores to promise the rate: then nothing is rejected. */
  readonly value: number;
  /**
   * Order statistics between which the scores' (1 − α)-quantile lies with a probability of at least 95 %, whatever they are
   * drawn from; −∞ or ∞ where the scores are too few to bound it.
   */
  readonly low: number;
  readonly high: number;
  /** k, by which the promise holds: n + 1 where the scores are too few. */
  readonly rank: number;
  /** How many of the scores are not rejected: k, those that are equal to the k-th, or all. */
  readonly kept: number;
}

/**
 * The threshold above which at most a fraction α of in-domain images is to be expected: with n scores of in-domain images that
 * stand for those to come (exchangeable with them), the k-th smallest with k = ⌈(n + 1)(1 − α)⌉, as in split conformal
 * prediction: one more image is rejected with a probability of at most α. δ lies midway to the next larger score, so that no
 * rounding of the scores that it was made from changes a verdict.
 * @param sorted scores of in-domain images, ascending, finite, at least one
 * @param alpha in (0, 1)
 */
export function thresholdOf(sorted: Float64Array, alpha: number): Threshold {
  const n = sorted.length;
  const rank = rankOf(n, alpha);
  const { low, high } = quantileRanks(n, 1 - alpha);
  const value = rank > n ? Number.POSITIVE_INFINITY : midwayToNext(sorted, rank);
  return {
    value,
    low: low < 1 ? Number.NEGATIVE_INFINITY : (sorted[low - 1] ?? Number.NaN),
    high: high > n ? Number.POSITIVE_INFINITY : (sorted[high - 1] ?? Number.NaN),
    rank,
    kept: sorted.reduce((sum, score) => sum + (score > value ? 0 : 1), 0),
  };
}

/** ⌈(n + 1)(1 − α)⌉, where α is the decimal that was written: 0.95 · 20 is 19, which products of doubles miss. */
function rankOf(n: number, alpha: number): number {
  const exact = (n + 1) * (1 - alpha);
  const near = Math.round(exact);
  return Math.abs(exact - near) < 1e-9 * (n + 1) ? near : Math.ceil(exact);
}

/** The `rank`-th smallest score, or midway to the next that is larger, where there is one. */
function midwayToNext(sorted: Float64Array, rank: number): number {
  const score = sorted[rank - 1] ?? Number.NaN;
  let next = rank;
  while (next < sorted.length && (sorted[next] ?? 0) <= score) next += 1;
  const larger = sorted[next];
  if (larger === undefined) return score;
  const midway = score + (larger - score) / 2;
  // Between neighbours there is no number: δ must stay below the larger one.
  return midway < larger ? midway : score;
}

/**
 * Ranks l < u, from 1, of the order statistics that hold a quantile between them: P(l ≤ X < u) ≥ 0.95 for X ~ Bin(n, q), with
 * at most 0.025 on either side; 0 and n + 1 where there is none.
 */
function quantileRanks(n: number, q: number): { readonly low: number; readonly high: number } {
  const cumulative = binomialCumulative(n, q);
  const reached = (probability: number): number => {
    const found = cumulative.findIndex((value) => value >= probability);
    return found < 0 ? n : found;
  };
  return { low: reached(0.025), high: reached(0.975) + 1 };
}
