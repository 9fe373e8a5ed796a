import { type Areas, followAreas } from './areas.js';
import type { Metric } from './metric.js';

/** The area under the ROC curve, ties counted half. Equal to scikit-learn's `roc_auc_score`. */
export const auroc = {
  name: 'auroc',
  title: 'ROC-AUC',
  best: 'largest',
  follow: followAreas,
  value: ({ roc }) => roc,
} as const satisfies Metric<Areas>;
