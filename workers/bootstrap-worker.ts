import { type Draws, resampleMetrics } from '../stages/metrics/bootstrap.js';
import type { Ranking } from '../stages/metrics/ranking.js';

/** A part of a stream of resamples. */
export interface ResampleTask {
  /** In shared memory, as every thread reads the same. */
  readonly rankings: readonly Ranking[];
  readonly draws: Draws;
  readonly from: number;
  /** Excluded. */
  readonly to: number;
}

/** The entry of a piscina worker: the metrics of some resamples, as `resampleMetrics`. */
export default function resample({ rankings, draws, from, to }: ResampleTask): readonly Float64Array[] {
  return resampleMetrics(rankings, draws, from, to);
}
