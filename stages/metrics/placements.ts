import type { Ranking } from './ranking.js';

/**
 * What each row says of ROC-AUC (DeLong, DeLong and Clarke-Pearson, 1988): the mean over either class is ROC-AUC, and so it
 * is of differences and means of detectors on the same rows.
 */
export interface Placements {
  /** V10, of each outlier: the share of in-domain rows that have a smaller score, ties counted half. */
  readonly outlier: Float64Array;
  /** V01, of each in-domain row: the share of outliers that have a larger score. */
  readonly inDomain: Float64Array;
  /** ROC-AUC, or the difference of two. */
  readonly auroc: number;
}

/** The placements of a mixture's rows, in O(rows). */
export function placementsOf({ entries, inDomainRows, outlierRows }: Ranking): Placements {
  const outlier = new Float64Array(outlierRows);
  const inDomain = new Float64Array(inDomainRows);
  let twiceWins = 0;
  // Met so far, above the score at hand.
  let [inAbove, outAbove] = [0, 0];
  for (let start = 0; start < entries.length; ) {
    let end = start;
    let [inTied, outTied] = [0, 0];
    for (let isLast = false; !isLast && end < entries.length; end += 1) {
      const entry = entries[end] ?? 0;
      if ((entry & 2) === 0) inTied += 1;
      else outTied += 1;
      isLast = (entry & 1) === 1;
    }
    const twiceBelow = 2 * (inDomainRows - inAbove - inTied) + inTied;
    const twiceAbove = 2 * outAbove + outTied;
    for (let at = start; at < end; at += 1) {
      const entry = entries[at] ?? 0;
      const row = entry >>> 2;
      if ((entry & 2) === 0) inDomain[row] = twiceAbove / (2 * outlierRows);
      else outlier[row - inDomainRows] = twiceBelow / (2 * inDomainRows);
    }
    twiceWins += outTied * twiceBelow;
    inAbove += inTied;
    outAbove += outTied;
    start = end;
  }
  return { outlier, inDomain, auroc: twiceWins / (2 * inDomainRows * outlierRows) };
}

/** Of two detectors on the same rows: what each row says of the first ROC-AUC less the second. */
export function placementDifference(first: Placements, second: Placements): Placements {
  const less = (one: Float64Array, other: Float64Array) => one.map((value, row) => value - (other[row] ?? 0));
  return {
    outlier: less(first.outlier, second.outlier),
    inDomain: less(first.inDomain, second.inDomain),
    auroc: first.auroc - second.auroc,
  };
}
