import { aurocError } from '../../stages/metrics/auroc-covariance.js';
import { bcaInterval } from '../../stages/metrics/bca-interval.js';
import { metricSamples } from '../../stages/metrics/bootstrap.js';
import type { Clusters } from '../../stages/metrics/clusters.js';
import { jackknifeAurocs } from '../../stages/metrics/jackknife.js';
import { auroc } from '../../stages/metrics/kinds/auroc.js';
import { metrics } from '../../stages/metrics/kinds/index.js';
import { logitInterval } from '../../stages/metrics/logit-interval.js';
import { placementsOf } from '../../stages/metrics/placements.js';
import type { Ranking } from '../../stages/metrics/ranking.js';
import type { MetricRow } from './result-rows.js';

/** What rows of ROC-AUC have beside the percentile interval that every metric has. */
export type AurocIntervals = Pick<
  MetricRow,
  'standardError' | 'logitLow' | 'logitHigh' | 'bcaLow' | 'bcaHigh'
>;

/** Of other metrics. */
export const noAurocIntervals: AurocIntervals = {
  standardError: null,
  logitLow: null,
  logitHigh: null,
  bcaLow: null,
  bcaHigh: null,
};

/**
 * The standard error of a ROC-AUC, and the intervals made from it and from resamples.
 * @param clusters null where no rows share a photograph
 * @param samples the ranking's metrics by resample, as `resampleMetrics`
 * @param resamples how many of them count
 */
export function aurocIntervals(
  ranking: Ranking,
  clusters: Clusters | null,
  samples: Float64Array | undefined,
  resamples: number,
): AurocIntervals {
  const placements = placementsOf(ranking);
  const standardError = aurocError(placements, clusters);
  const logit = logitInterval(placements.auroc, standardError);
  const aurocs = metricSamples(samples, metrics.indexOf(auroc)).slice(0, resamples);
  const bca = bcaInterval(placements.auroc, aurocs, jackknifeAurocs(ranking, placements, clusters));
  return {
    standardError,
    logitLow: logit?.low ?? null,
    logitHigh: logit?.high ?? null,
    bcaLow: bca?.low ?? null,
    bcaHigh: bca?.high ?? null,
  };
}
