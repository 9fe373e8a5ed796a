import { MetricError } from '../errors.js';
import { curveMetrics, evaluate, sweeper } from './curve.js';
import { type PhotographKeys, photographDrawer } from './draw-photographs.js';
import { drawResample, type Resample } from './draw-resample.js';
import { type ByMetric, byMetric, metrics } from './kinds/index.js';
import type { PhiloxKey } from './philox.js';
import type { Ranking } from './ranking.js';
import { deviation, mean, quantile } from './summary.js';

/** What resamples are drawn by: rows, or photographs with all their rows. */
export type Draws = PhiloxKey | PhotographKeys;

/** How many resamples of one stream stand behind what; the shorter is a prefix of the longer. */
export interface Resamplings {
  /** Behind μ and σ; at least 2. */
  readonly deviation: number;
  /** Behind the 95 % percentile interval; at least 1. */
  readonly interval: number;
}

/** One metric of one detector. */
export interface BootstrapSummary {
  /** On the rows as they are. */
  readonly value: number;
  /** μ, the mean over resamples (section 3). */
  readonly mean: number;
  /** σ, with ddof 1. */
  readonly deviation: number;
  /** The 2.5 % and 97.5 % quantiles, linearly interpolated. */
  readonly low: number;
  readonly high: number;
}

/** All metrics of one detector. */
export type DetectorSummary = ByMetric<BootstrapSummary>;

/**
 * Metrics of several rankings of the same rows, each with μ ± σ and a 95 % percentile interval. All rankings see
 * the same resamples.
 * @param rankings of one mixture: equal numbers of rows of each class
 * @returns one record a ranking
 * @throws MetricError when the rankings differ in their rows, or there are too few resamplings
 */
export function bootstrap(
  rankings: readonly Ranking[],
  key: PhiloxKey,
  resamplings: Resamplings,
): readonly DetectorSummary[] {
  const samples = resampleMetrics(rankings, key, 0, resamplesNeeded(resamplings));
  return summarise(rankings, samples, resamplings);
}

/**
 * How long a stream has to be.
 * @throws MetricError when there are too few resamplings to summarise
 */
export function resamplesNeeded({ deviation, interval }: Resamplings): number {
  if (!(deviation >= 2) || !(interval >= 1)) {
    throw new MetricError(
      `cannot summarise ${deviation} resamplings for a deviation and ${interval} for an interval: ` +
        'at least 2 and 1 are needed',
    );
  }
  return Math.max(deviation, interval);
}

/**
 * μ ± σ and intervals from a stream of resamples, whoever computed it.
 * @param samples per ranking what `resampleMetrics` gives of the stream's beginning
 * @param behindIntervals the same of a stream of its own for the intervals. Default: the same stream
 */
export function summarise(
  rankings: readonly Ranking[],
  samples: readonly Float64Array[],
  resamplings: Resamplings,
  behindIntervals: readonly Float64Array[] = samples,
): readonly DetectorSummary[] {
  return rankings.map((ranking, nth) => {
    const values = evaluate(ranking);
    return byMetric((index, name): BootstrapSummary => {
      const first = metricSamples(samples[nth], index).slice(0, resamplings.deviation);
      const sorted = metricSamples(behindIntervals[nth], index).slice(0, resamplings.interval).sort();
      return {
        value: values[name],
        mean: mean(first),
        deviation: deviation(first),
        low: quantile(sorted, 0.025),
        high: quantile(sorted, 0.975),
      };
    });
  });
}

/**
 * The metrics of resamples `from` (included) to `to` (excluded) of a stream, so that a long stream can be divided.
 * @returns per ranking: [to − from, metrics] row-major, columns in the order of `metrics`
 */
export function resampleMetrics(
  rankings: readonly Ranking[],
  draws: Draws,
  from: number,
  to: number,
): readonly Float64Array[] {
  const [first] = rankings;
  if (first === undefined) return [];
  const { inDomainRows, outlierRows } = first;
  const other = rankings.find((r) => r.inDomainRows !== inDomainRows || r.outlierRows !== outlierRows);
  if (other !== undefined) {
    throw new MetricError(
      `rankings of ${inDomainRows} + ${outlierRows} and of ${other.inDomainRows} + ${other.outlierRows} rows ` +
        'cannot share their resamples: leave out the same images for every detector',
    );
  }
  const tables = rankings.map((ranking) => ({
    ranking,
    table: new Float64Array((to - from) * metrics.length),
  }));
  const sweep = sweeper();
  const draw = drawerOf(draws, inDomainRows, outlierRows);
  for (let index = from; index < to; index++) {
    const resample = draw(index);
    for (const { ranking, table } of tables) {
      curveMetrics(ranking, resample, table, (index - from) * metrics.length, sweep);
    }
  }
  return tables.map(({ table }) => table);
}

/** What gives the resamples of a stream by their numbers; each is written over by the next. */
export function drawerOf(
  draws: Draws,
  inDomainRows: number,
  outlierRows: number,
): (resample: number) => Resample {
  if ('photographs' in draws) return photographDrawer(draws, inDomainRows);
  const buffer = new Uint16Array(inDomainRows + outlierRows);
  return (resample) => drawResample(draws, resample, inDomainRows, outlierRows, buffer);
}

/**
 * One metric of every resample.
 * @param table of one ranking, as `resampleMetrics` gives it
 * @param column the place of the metric in `metrics`
 */
export function metricSamples(table: Float64Array | undefined, column: number): Float64Array {
  return Float64Array.from(
    { length: (table?.length ?? 0) / metrics.length },
    (_, resample) => table?.[resample * metrics.length + column] ?? NaN,
  );
}
