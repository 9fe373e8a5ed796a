import { placesAmong, type SortedScores } from './sorted-scores.js';

/**
 * ROC-AUC of outliers against in-domain scores that were sorted once, ties counted half (section 3). Exact but
 * for the last division, so that equal rankings give equal numbers and ties between cells are real ties.
 * @param outlier finite, in any order: [outlierRows ≥ 1]
 */
export function aurocAgainst(inDomain: SortedScores, outlier: Float64Array): number {
  const below = new Uint32Array(outlier.length);
  const notAbove = new Uint32Array(outlier.length);
  placesAmong(inDomain, outlier, below, notAbove);
  let twiceWins = 0;
  for (let i = 0; i < outlier.length; i++) twiceWins += (below[i] ?? 0) + (notAbove[i] ?? 0);
  return twiceWins / (2 * inDomain.values.length * outlier.length);
}
