import { type Areas, followAreas } from './areas.js';
import type { Metric } from './metric.js';

/**
 * The area under the precision-recall curve, outliers positive. Equal to scikit-learn's `auc(recall, precision)` of
 * `precision_recall_curve`.
 */
export const auprOut = {
  name: 'aupr-out',
  title: 'AUPR-out',
  best: 'largest',
  follow: followAreas,
  value: ({ precisionRecallOut }) => precisionRecallOut,
} as const satisfies Metric<Areas>;
