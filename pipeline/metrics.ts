/** `grodin/metrics`: the metrics of scores, whoever made them; loads neither an engine nor a decoder of images. */
import { type BootstrapSummary, bootstrap, type DetectorSummary } from '../stages/metrics/bootstrap.js';
import { streamKey } from '../stages/metrics/draw-resample.js';
import { rank } from '../stages/metrics/ranking.js';
import { requireNumbers } from './arguments.js';
import { checkedOptions } from './options.js';

export { type ErrorKind, GrodinError, InputError, MetricError } from '../stages/errors.js';
export type { ByMetric, MetricName } from '../stages/metrics/kinds/index.js';
export {
  type AurocWithError,
  type CompareScoresOptions,
  compareScores,
  type DetectorScores,
  type ScoresComparison,
} from './compare-scores.js';
export type { BootstrapSummary, DetectorSummary };

/** How the intervals of metrics are drawn. */
export interface DetectionMetricsOptions {
  /** Seed of the resamples; 0 by default. */
  readonly seed?: number | undefined;
  /** Resamples behind μ ± σ, and behind the 95 % percentile interval, at least 2 each; the paper's 100, and 2 000. */
  readonly resamplings?: { readonly deviation: number; readonly interval: number } | undefined;
}

/**
 * Every metric of a detector (`auroc`, `fpr95`, `aupr-out`, `aupr-in`, `fpr95-in`, `detection-accuracy`), out-of-domain being the
 * positive class but where a name says `in`, with bootstrap μ ± σ and a 95 % interval. All are fractions, from 0 to 1. The two AUPR are
 * areas under straight lines, scikit-learn's `auc(recall, precision)`, and not its `average_precision_score`. It works on the calling
 * thread, for about a tenth of a microsecond a score and resample: of millions of scores ask for fewer resamples.
 * @param inDomain scores of in-domain images, larger = more out-of-domain
 * @param outlier scores of outlier images
 * @throws InputError naming an argument or option that is none, or out of bounds
 * @throws MetricError for an empty class or a score that is not finite
 */
export function detectionMetrics(
  inDomain: ArrayLike<number>,
  outlier: ArrayLike<number>,
  options: DetectionMetricsOptions = {},
): DetectorSummary {
  requireNumbers('detectionMetrics', 'inDomain', inDomain);
  requireNumbers('detectionMetrics', 'outlier', outlier);
  const checked = checkedOptions('detectionMetrics', options);
  const { seed = 0, resamplings = { deviation: 100, interval: 2000 } } = checked;
  const ranking = rank(Float64Array.from(inDomain), Float64Array.from(outlier), 'the detector');
  const key = streamKey({ seed, model: '', outlier: '' });
  const [summaries] = bootstrap([ranking], key, resamplings);
  if (!summaries) throw new TypeError('the bootstrap gave no summary');
  return summaries;
}
