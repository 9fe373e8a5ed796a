import { failureKinds } from '../risks.js';
import type { SelectiveMetric } from './selective-metric.js';

/**
 * The area under the risk-coverage curve (Geifman and El-Yaniv, 2017): the mean over k = 1 … n of the share of failures among
 * the k least suspicious rows. Rows of one score have no order: it is the mean over all orders of theirs.
 */
export const aurc = {
  name: 'aurc',
  title: 'AURC',
  best: 'smallest',
  failures: failureKinds,
  value: (all, failures) => {
    const { risks, rows } = all.of(failures);
    return risks / rows;
  },
} as const satisfies SelectiveMetric;
