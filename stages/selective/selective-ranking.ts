import { MetricError } from '../errors.js';
import type { Ranking } from '../metrics/ranking.js';

/** The bits of a row's entry. A row of none but the last is an in-domain image without a label, which counts nowhere. */
const entryBits = { isLabelled: 8, isWrong: 4, isOutlier: 2, isLastOfScore: 1 } as const;

/** The order in which a threshold that rises accepts the rows of an in-domain + outlier mixture, with what comes of each. */
export interface SelectiveRanking {
  readonly inDomainRows: number;
  readonly outlierRows: number;
  /**
   * One entry a row by score, smallest (least out-of-domain) first: row · 16 + its bits. Rows are numbered as in a `Ranking`, so
   * that resamples are drawn alike: [rows].
   */
  readonly entries: Uint32Array;
}

/**
 * @param ranking of fewer than 2²⁸ rows
 * @param predicted ĉ of the in-domain rows: [inDomainRows]
 * @param labels of the same, −1 where unknown: [inDomainRows]
 * @throws MetricError where these are not as many as the ranking has in-domain rows
 */
export function rankOutcomes(
  { entries, inDomainRows, outlierRows }: Ranking,
  predicted: Int32Array,
  labels: Int32Array,
): SelectiveRanking {
  for (const [what, { length }] of [['predictions', predicted] as const, ['labels', labels] as const])
    if (length !== inDomainRows)
      throw new MetricError(
        `${length} ${what} of ${inDomainRows} in-domain images: give one for each image that is ranked`,
      );
  const rows = entries.length;
  const bitsOf = (row: number): number => {
    if (row >= inDomainRows) return entryBits.isOutlier;
    const label = labels[row] ?? -1;
    if (label < 0) return 0;
    return entryBits.isLabelled + (predicted[row] === label ? 0 : entryBits.isWrong);
  };
  return {
    inDomainRows,
    outlierRows,
    entries: Uint32Array.from({ length: rows }, (_, place) => {
      const row = (entries[rows - 1 - place] ?? 0) >>> 2;
      // The last row of a score from below is its first one from above, before which another score ends.
      const isLast = place === rows - 1 || ((entries[rows - 2 - place] ?? 0) & 1) === 1;
      return row * 16 + bitsOf(row) + (isLast ? entryBits.isLastOfScore : 0);
    }),
  };
}
