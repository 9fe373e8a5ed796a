import { failureKinds } from '../risks.js';
import type { SelectiveMetric } from './selective-metric.js';

/**
 * The area under the generalised risk-coverage curve (Traub et al., 2024), whose risk is the share of all rows that are accepted
 * failures: (1 − AUROC) · r (1 − r) + r² / 2 with failure rate r and the ROC-AUC of failures against the others.
 */
export const augrc = {
  name: 'augrc',
  title: 'AUGRC',
  best: 'smallest',
  failures: failureKinds,
  value: (all, failures) => {
    const { twiceFailed, rows } = all.of(failures);
    return twiceFailed / (2 * rows * rows);
  },
} as const satisfies SelectiveMetric;
