import { MetricError } from '../errors.js';
import { countBelow, countNotAbove, sortScores } from './sorted-scores.js';

/** The order in which a threshold that sinks meets the rows of an in-domain + outlier mixture. */
export interface Ranking {
  readonly inDomainRows: number;
  readonly outlierRows: number;
  /**
   * One entry a row by score, largest (most out-of-domain) first: row · 4 + (2 for an outlier) + (1 for the last
   * row of those that share its score). In one word, as resampling reads nothing else, row after row. In-domain
   * rows come before outliers in the numbering: [rows].
   */
  readonly entries: Uint32Array;
}

/**
 * Sorts the scores of a mixture once, for any number of resamples.
 * @param inDomain scores, larger = more out-of-domain: [inDomainRows]
 * @param outlier [outlierRows]; together fewer than 2³⁰ rows
 * @param what names the scores in errors, for example `G at ε=0.002, T=10`
 * @throws MetricError when a score is not finite or a class has no row
 */
export function rank(inDomain: Float64Array, outlier: Float64Array, what: string): Ranking {
  requireScores(inDomain, what, 'in-domain');
  requireScores(outlier, what, 'outlier');
  const inDomainRows = inDomain.length;
  const rows = inDomainRows + outlier.length;
  const scores = new Float64Array(rows);
  scores.set(inDomain);
  scores.set(outlier, inDomainRows);
  const sorted = sortScores(scores);
  const entries = new Uint32Array(rows);
  // How many rows of a score are placed, kept where its first one stands.
  const placed = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    const score = scores[row] ?? NaN;
    const below = countBelow(sorted, score);
    const first = rows - countNotAbove(sorted, score, below);
    const nth = placed[first] ?? 0;
    placed[first] = nth + 1;
    const last = first + nth + 1 === rows - below;
    entries[first + nth] = row * 4 + (row < inDomainRows ? 0 : 2) + (last ? 1 : 0);
  }
  return { inDomainRows, outlierRows: outlier.length, entries };
}

/**
 * @param side names the class in the message: `in-domain` or `outlier`
 * @throws MetricError when there is no score, or one that is not finite
 */
export function requireScores(scores: Float64Array, what: string, side: string): void {
  if (scores.length === 0) {
    throw new MetricError(`${what}: there is no ${side} image to rank; add usable images to that set`);
  }
  for (let image = 0; image < scores.length; image++) {
    if (Number.isFinite(scores[image])) continue;
    throw new MetricError(
      `${what}: the score of ${side} image ${image} (counted from 0) is ${scores[image]}, ` +
        'which no metric can rank; images without a finite score must be left out first',
    );
  }
}
