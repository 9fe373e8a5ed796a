import { failureKinds } from '../risks.js';
import type { SelectiveMetric } from './selective-metric.js';

/**
 * What AURC has more than that of the best order of the same rows, in which all failures come last (Geifman, Uziel and El-Yaniv,
 * 2019): 0 is perfect. The best order's is summed as it is, not approximated by r + (1 − r) log (1 − r).
 */
export const eAurc = {
  name: 'e-aurc',
  title: 'E-AURC',
  best: 'smallest',
  failures: failureKinds,
  value: (all, failures) => {
    const areas = all.of(failures);
    // Never below 0 but for rounding.
    return Math.max(0, (areas.risks - all.leastRisks(areas)) / areas.rows);
  },
} as const satisfies SelectiveMetric;
