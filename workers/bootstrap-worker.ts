import { type Draws, resampleMetrics } from '../stages/metrics/bootstrap.js';
import type { Ranking } from '../stages/metrics/ranking.js';
import { resampleSelective } from '../stages/selective/resample-selective.js';
import type { SelectiveRanking } from '../stages/selective/selective-ranking.js';

/** Which metrics are computed of what: rankings in shared memory, as every thread reads the same. */
export type ResampledRankings =
  | { readonly of: 'curves'; readonly rankings: readonly Ranking[] }
  | { readonly of: 'selective'; readonly rankings: readonly SelectiveRanking[] };

/** A part of a stream of resamples. */
export type ResampleTask = ResampledRankings & {
  readonly draws: Draws;
  readonly from: number;
  /** Excluded. */
  readonly to: number;
};

/** The entry of a piscina worker: the metrics of some resamples, as `resampleMetrics` or `resampleSelective`. */
export default function resample(task: ResampleTask): readonly Float64Array[] {
  const { draws, from, to } = task;
  return task.of === 'curves'
    ? resampleMetrics(task.rankings, draws, from, to)
    : resampleSelective(task.rankings, draws, from, to);
}
