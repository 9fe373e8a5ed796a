import { countBelow, countNotAbove, type SortedScores } from './sorted-scores.js';

/**
 * ROC-AUC of outliers against in-domain scores that were sorted once, ties counted half (section 3). Exact but
 * for the last division, so that equal rankings give equal numbers and ties between cells are real ties.
 * @param outlier finite, in any order: [outlierRows ≥ 1]
 */
export function aurocAgainst(inDomain: SortedScores, outlier: Float64Array): number {
  let twiceWins = 0;
  for (let i = 0; i < outlier.length; i++) {
    const score = outlier[i] ?? NaN;
    const below = countBelow(inDomain, score);
    twiceWins += below + countNotAbove(inDomain, score, below);
  }
  return twiceWins / (2 * inDomain.values.length * outlier.length);
}
