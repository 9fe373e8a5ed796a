import { normalBelow } from '../../stages/distributions/normal.js';
import { metricSamples, resampleMetrics } from '../../stages/metrics/bootstrap.js';
import { photographKeys } from '../../stages/metrics/draw-photographs.js';
import { auroc } from '../../stages/metrics/kinds/auroc.js';
import { metrics } from '../../stages/metrics/kinds/index.js';
import { rank } from '../../stages/metrics/ranking.js';
import { type Effort, percentiles } from './interval-coverage.js';
import { NormalDraws } from './normal-draws.js';

/** Several outlier sets beside one in-domain set. */
export interface Sets {
  readonly name: string;
  readonly sets: number;
  readonly inDomain: number;
  /** Of each set. */
  readonly outlier: number;
  /** Whether all sets are made of the in-domain photographs, as corruptions are, half of a score's variance being theirs. */
  readonly isShared: boolean;
}

/** How often intervals of 95 % of a mean over sets hold the mean. */
export interface MeanCoverage {
  readonly of: Sets;
  /** Photographs drawn once for all sets. */
  readonly together: number;
  /** As if each set were beside an in-domain set of its own. */
  readonly apart: number;
}

export function meanCoverage(of: Sets, { repetitions, resamples }: Effort): MeanCoverage {
  const shifts = Array.from({ length: of.sets }, (_, set) => 0.6 + (0.8 * set) / of.sets);
  const truth = shifts.reduce((sum, shift) => sum + normalBelow(shift / Math.SQRT2) / of.sets, 0);
  let [together, apart] = [0, 0];
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const draws = new NormalDraws(of.name, repetition);
    const photographs = draws.next(of.inDomain);
    const scores = (size: number, centre: number): Float64Array =>
      draws.next(size).map((noise, row) => {
        const half = Math.SQRT1_2 * (photographs[row % of.inDomain] ?? 0) + Math.SQRT1_2 * noise;
        return centre + (of.isShared ? half : noise);
      });
    const known = scores(of.inDomain, 0);
    const means = [new Float64Array(resamples), new Float64Array(resamples)];
    for (const [set, shift] of shifts.entries()) {
      const ranking = rank(known, scores(of.outlier, shift), of.name);
      const bases = [
        { size: of.inDomain, baseAt: (row: number) => `photograph ${row}` },
        {
          size: of.outlier,
          baseAt: (row: number) => (of.isShared ? `photograph ${row % of.inDomain}` : `${set} ${row}`),
        },
      ];
      for (const [nth, inDomain] of ['all', `beside ${set}`].entries()) {
        const keys = photographKeys({ seed: repetition, inDomain }, bases);
        const samples = metricSamples(
          resampleMetrics([ranking], keys, 0, resamples)[0],
          metrics.indexOf(auroc),
        );
        const into = means[nth];
        if (into !== undefined)
          for (let at = 0; at < resamples; at += 1) into[at] = (into[at] ?? 0) + (samples[at] ?? 0) / of.sets;
      }
    }
    const [one, other] = means.map(percentiles);
    together += one !== undefined && one.low <= truth && truth <= one.high ? 1 : 0;
    apart += other !== undefined && other.low <= truth && truth <= other.high ? 1 : 0;
  }
  return { of, together: together / repetitions, apart: apart / repetitions };
}
