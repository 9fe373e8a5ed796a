import { aurocError } from '../../stages/metrics/auroc-covariance.js';
import { bcaInterval } from '../../stages/metrics/bca-interval.js';
import { metricSamples, resampleMetrics } from '../../stages/metrics/bootstrap.js';
import { photographKeys } from '../../stages/metrics/draw-photographs.js';
import { streamKey } from '../../stages/metrics/draw-resample.js';
import { jackknifeAurocs } from '../../stages/metrics/jackknife.js';
import { auroc } from '../../stages/metrics/kinds/auroc.js';
import { metrics } from '../../stages/metrics/kinds/index.js';
import { type Interval, logitInterval } from '../../stages/metrics/logit-interval.js';
import { placementsOf } from '../../stages/metrics/placements.js';
import { quantile } from '../../stages/metrics/summary.js';
import { drawScores, type Population, trueAuroc } from './made-up-scores.js';

/** How much is simulated. */
export interface Effort {
  readonly repetitions: number;
  /** Behind BCa and percentiles. */
  readonly resamples: number;
}

const kinds = ['logit', 'bca', 'percentile', 'unclustered', 'byRow'] as const;

/** How often intervals of 95 % hold what is true; null of those that there are not. */
export interface Coverage {
  readonly population: Population;
  readonly auroc: number;
  /** By kind, the share of repetitions whose interval holds it, of those that have one. */
  readonly covered: Readonly<Record<(typeof kinds)[number], number | null>>;
  /** The share of repetitions without an interval by standard error. */
  readonly without: number;
}

/**
 * Repeats a whole evaluation: rows are drawn, intervals made as a run makes them, and counted. `unclustered` and `byRow` are
 * those of rows that share photographs as if they did not.
 */
export function intervalCoverage(population: Population, { repetitions, resamples }: Effort): Coverage {
  const truth = trueAuroc(population);
  const held = new Map<string, { covered: number; there: number }>();
  const count = (kind: string, interval: Interval | null): void => {
    const so = held.get(kind) ?? { covered: 0, there: 0 };
    if (interval !== null) {
      so.there += 1;
      so.covered += interval.low <= truth && truth <= interval.high ? 1 : 0;
    }
    held.set(kind, so);
  };
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const { rankings, bases, clusters } = drawScores(population, repetition);
    const [ranking] = rankings;
    if (ranking === undefined) continue;
    const placements = placementsOf(ranking);
    const byRow = streamKey({ seed: repetition, model: population.name, outlier: '' });
    const byPhotograph = photographKeys({ seed: repetition, inDomain: population.name }, bases);
    const samplesOf = (draws: Parameters<typeof resampleMetrics>[1]): Float64Array =>
      metricSamples(resampleMetrics([ranking], draws, 0, resamples)[0], metrics.indexOf(auroc));
    const samples = samplesOf(clusters === null ? byRow : byPhotograph);
    count('logit', logitInterval(placements.auroc, aurocError(placements, clusters)));
    count('bca', bcaInterval(placements.auroc, samples, jackknifeAurocs(ranking, placements, clusters)));
    count('percentile', percentiles(samples));
    if (clusters === null) continue;
    count('unclustered', logitInterval(placements.auroc, aurocError(placements, null)));
    count('byRow', percentiles(samplesOf(byRow)));
  }
  const shareOf = (kind: string): number | null => {
    const so = held.get(kind);
    return so === undefined || so.there === 0 ? null : so.covered / so.there;
  };
  return {
    population,
    auroc: truth,
    covered: {
      logit: shareOf('logit'),
      bca: shareOf('bca'),
      percentile: shareOf('percentile'),
      unclustered: shareOf('unclustered'),
      byRow: shareOf('byRow'),
    },
    without: 1 - (held.get('logit')?.there ?? 0) / repetitions,
  };
}

export function percentiles(samples: Float64Array): Interval {
  const sorted = samples.slice().sort();
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}
