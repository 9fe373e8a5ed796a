import { failureKinds, type SelectiveMetric } from './selective-metric.js';

/**
 * The area under the generalised risk-coverage curve (Traub et al., 2024), whose risk is the share of all rows that are accepted
 * failures: (1 − AUROC) · r (1 − r) + r² / 2 with failure rate r and the ROC-AUC of failures against the others.
 */
export const augrc = {
  name: 'augrc',
  title: 'AUGRC',
  best: 'smallest',
  failures: failureKinds,
  value: ({ points, accepted, wrong, outliers }, failures) => {
    const counted = failures === 'wrong' ? 0 : 1;
    let [rows, failed, twice] = [0, 0, 0];
    for (let i = 0; i < points; i++) {
      const met = counted * (outliers[i] ?? 0);
      const [nextRows, nextFailed] = [(accepted[i] ?? 0) + met, (wrong[i] ?? 0) + met];
      twice += (nextRows - rows) * (failed + nextFailed);
      rows = nextRows;
      failed = nextFailed;
    }
    return twice / (2 * rows * rows);
  },
} as const satisfies SelectiveMetric;
