import { MetricError } from '../errors.js';
import type { Ranking } from '../metrics/ranking.js';

/** What accepting an image comes to. Of an in-domain image without a label nobody knows, so that it counts nowhere. */
export const outcomes = { right: 0, wrong: 1, unknown: 2, outlier: 3 } as const;

/** The order in which a threshold that rises accepts the rows of an in-domain + outlier mixture, with what comes of each. */
export interface SelectiveRanking {
  readonly inDomainRows: number;
  readonly outlierRows: number;
  /**
   * One entry a row by score, smallest (least out-of-domain) first: row · 8 + 2 · outcome + (1 for the last row of those that
   * share its score). Rows are numbered as in a `Ranking`, so that resamples are drawn alike: [rows].
   */
  readonly entries: Uint32Array;
}

/**
 * @param ranking of fewer than 2²⁹ rows
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
  const outcomeOf = (row: number): number => {
    const label = labels[row] ?? -1;
    if (row >= inDomainRows) return outcomes.outlier;
    if (label < 0) return outcomes.unknown;
    return predicted[row] === label ? outcomes.right : outcomes.wrong;
  };
  return {
    inDomainRows,
    outlierRows,
    entries: Uint32Array.from({ length: rows }, (_, place) => {
      const row = (entries[rows - 1 - place] ?? 0) >>> 2;
      // The last row of a score from below is its first one from above, before which another score ends.
      const isLast = place === rows - 1 || ((entries[rows - 2 - place] ?? 0) & 1) === 1;
      return row * 8 + 2 * outcomeOf(row) + (isLast ? 1 : 0);
    }),
  };
}
