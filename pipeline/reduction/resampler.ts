import { type Draws, resampleMetrics } from '../../stages/metrics/bootstrap.js';
import type { Ranking } from '../../stages/metrics/ranking.js';
import { resampleSelective } from '../../stages/selective/resample-selective.js';
import type { SelectiveRanking } from '../../stages/selective/selective-ranking.js';

/** Computes the metrics of a stream of resamples; whoever does it, and on however many threads, by the same bits. */
export interface Resampler {
  /**
   * @param rankings of one mixture: equal numbers of rows of each class
   * @returns per ranking: [resamples, metrics] row-major, as `resampleMetrics`
   */
  resample(rankings: readonly Ranking[], draws: Draws, resamples: number): Promise<readonly Float64Array[]>;
  /**
   * @param rankings of one mixture likewise
   * @returns per ranking: [resamples, figures] row-major, as `resampleSelective`
   */
  resampleSelective(
    rankings: readonly SelectiveRanking[],
    draws: Draws,
    resamples: number,
  ): Promise<readonly Float64Array[]>;
}

/** Computes on the calling thread. */
export const resampleHere: Resampler = {
  resample: async (rankings, draws, resamples) => resampleMetrics(rankings, draws, 0, resamples),
  resampleSelective: async (rankings, draws, resamples) => resampleSelective(rankings, draws, 0, resamples),
};
