import { MetricError } from './errors.js';

/** The order in which a threshold that sinks meets the rows of an in-domain + outlier mixture. */
export interface Ranking {
  /** Rows below this index are in-domain, the others are outliers. */
  readonly inDomainRows: number;
  readonly outlierRows: number;
  /** Row indices by score, largest (most out-of-domain) first: [rows]. */
  readonly order: Uint32Array;
  /** 1 where a row is the last of those that share its score: [rows]. */
  readonly ends: Uint8Array;
}

/**
 * Sorts the scores of a mixture once, for any number of resamples.
 * @param inDomain scores, larger = more out-of-domain: [inDomainRows]
 * @param outlier [outlierRows]
 * @param what names the scores in errors, for example `G at ε=0.002, T=10`
 * @throws MetricError when a score is not finite or a class has no row
 */
export function rank(inDomain: Float64Array, outlier: Float64Array, what: string): Ranking {
  requireScores(inDomain, what, 'in-domain');
  requireScores(outlier, what, 'outlier');
  const inDomainRows = inDomain.length;
  const scores = new Float64Array(inDomainRows + outlier.length);
  scores.set(inDomain);
  scores.set(outlier, inDomainRows);
  const order = Uint32Array.from(scores, (_, row) => row);
  order.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  const ends = new Uint8Array(order.length);
  for (let i = 0; i < order.length; i++) {
    const next = i + 1 < order.length ? scores[order[i + 1] ?? 0] : undefined;
    ends[i] = scores[order[i] ?? 0] === next ? 0 : 1;
  }
  return { inDomainRows, outlierRows: outlier.length, order, ends };
}

/**
 * @param side names the class in the message: `in-domain` or `outlier`
 * @throws MetricError when there is no score, or one that is not finite
 */
export function requireScores(scores: Float64Array, what: string, side: string): void {
  if (scores.length === 0) {
    throw new MetricError(`${what}: there is no ${side} image to rank; add usable images to that set`);
  }
  const bad = scores.findIndex((score) => !Number.isFinite(score));
  if (bad >= 0) {
    throw new MetricError(
      `${what}: the score of ${side} image ${bad} (counted from 0) is ${scores[bad]}, ` +
        'which no metric can rank; images without a finite score must be left out first',
    );
  }
}
