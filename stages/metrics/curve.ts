import type { Resample } from './draw-resample.js';
import { type ByMetric, byMetric, metrics } from './kinds/index.js';
import type { CurvePoints, Follower, Metric } from './kinds/metric.js';
import type { Ranking } from './ranking.js';

/** Rows swept at a time: their points stay in the nearest cache. */
const rowsAtOnce = 1024;

/** What sweeps curves, one after the other: room for some points, written over and over, and who takes them. */
export interface Sweeper {
  readonly points: CurvePoints;
  readonly followers: readonly Follower[];
  /** What each metric makes of its follower, in the order of `metrics`. */
  readonly values: readonly (() => number)[];
}

/** Made once for many sweeps. */
export function sweeper(): Sweeper {
  const followers = new Map<Metric['follow'], Follower>();
  const values = metrics.map((metric: Metric) => {
    const follower = followers.get(metric.follow) ?? metric.follow();
    followers.set(metric.follow, follower);
    return () => metric.value(follower);
  });
  const points = { seen: new Float64Array(rowsAtOnce), positives: new Float64Array(rowsAtOnce) };
  return { points, followers: [...followers.values()], values };
}

/**
 * Every metric of one resample in one pass over the sorted rows, O(rows). A score whose rows were not drawn is no point
 * of the curves.
 * @param resample counts in the ranking's row order; both classes drawn
 * @param out receives a number a metric from `offset` on, in the order of `metrics`
 */
export function curveMetrics(
  { entries }: Ranking,
  { counts, inDomain, outlier }: Resample,
  out: Float64Array,
  offset: number,
  { points, followers, values }: Sweeper = sweeper(),
): void {
  const { seen, positives } = points;
  const rows = entries.length;
  for (const follower of followers) follower.begin(inDomain, outlier);
  let met = 0;
  let metOut = 0;
  // Rows of the score at hand; and all ones until a score's last row, then zero to begin anew.
  let drawn = 0;
  let sameScore = 0;
  for (let start = 0; start < rows; start += rowsAtOnce) {
    const stop = Math.min(start + rowsAtOnce, rows);
    let count = 0;
    // Whether a row was drawn is a coin's toss that no processor foresees: so a point is always written, without
    // a branch, and written over unless it ends a score of which there is a row.
    for (let i = start; i < stop; i++) {
      const entry = entries[i] ?? 0;
      const times = counts[entry >>> 2] ?? 0;
      met = (met + times) | 0;
      metOut = (metOut + (times & (0 - ((entry >>> 1) & 1)))) | 0;
      drawn = ((drawn & sameScore) + times) | 0;
      seen[count] = met;
      positives[count] = metOut;
      const last = entry & 1;
      sameScore = (last - 1) | 0;
      count = (count + (last & ((0 - drawn) >>> 31))) | 0;
    }
    for (const follower of followers) follower.add(points, count);
  }
  for (const [index, value] of values.entries()) out[offset + index] = value();
}

/** The metrics of the rows as they are, each counted once. */
export function evaluate(ranking: Ranking): ByMetric<number> {
  const resample = {
    counts: new Uint16Array(ranking.entries.length).fill(1),
    inDomain: ranking.inDomainRows,
    outlier: ranking.outlierRows,
  };
  const out = new Float64Array(metrics.length);
  curveMetrics(ranking, resample, out, 0);
  return byMetric((index) => out[index] ?? NaN);
}
