import { riskArea } from './aurc.js';
import { failureKinds, type SelectiveMetric } from './selective-metric.js';

/**
 * What AURC has more than that of the best order of the same rows, in which all failures come last (Geifman, Uziel and El-Yaniv,
 * 2019): 0 is perfect. The best order's is summed as it is, not approximated by r + (1 − r) log (1 − r).
 */
export const eAurc = {
  name: 'e-aurc',
  title: 'E-AURC',
  best: 'smallest',
  failures: failureKinds,
  value: (acceptance, failures) => {
    const { area, rows, failed } = riskArea(acceptance, failures);
    const { harmonic } = acceptance;
    const right = rows - failed;
    // Σ over j = 1 … failed of j / (right + j)
    const best = failed - right * ((harmonic[rows] ?? 0) - (harmonic[right] ?? 0));
    // Never below 0 but for rounding.
    return Math.max(0, area - best / rows);
  },
} as const satisfies SelectiveMetric;
