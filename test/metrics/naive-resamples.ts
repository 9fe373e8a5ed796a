import type { ByMetric } from '../../stages/metrics/kinds/index.js';
import { naiveMetrics } from './naive-curve.js';

/**
 * The metrics of one resample after the other, of rows that are really repeated.
 * @param countsOf how often a resample has each row, in-domain rows first
 */
export function repeatedMetrics(
  inDomain: readonly number[],
  outlier: readonly number[],
  resamples: number,
  countsOf: (resample: number) => ArrayLike<number>,
): readonly ByMetric<number>[] {
  return Array.from({ length: resamples }, (_, resample) => {
    const counts = countsOf(resample);
    const times = (scores: readonly number[], first: number) =>
      scores.flatMap((score, row) => Array<number>(counts[first + row] ?? 0).fill(score));
    return naiveMetrics(times(inDomain, 0), times(outlier, inDomain.length));
  });
}

/** NumPy's linear quantile of values in any order. */
export function quantileOf(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = fraction * (sorted.length - 1);
  const [low = Number.NaN, high = low] = sorted.slice(Math.floor(place), Math.floor(place) + 2);
  return low + (high - low) * (place % 1);
}
