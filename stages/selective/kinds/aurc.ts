import type { Acceptance } from '../acceptance.js';
import { type Failures, failureKinds, type SelectiveMetric } from './selective-metric.js';

/**
 * The area under the risk-coverage curve (Geifman and El-Yaniv, 2017): the mean over k = 1 … n of the share of failures among
 * the k least suspicious rows. Rows of one score have no order: it is the mean over all orders of theirs.
 */
export const aurc = {
  name: 'aurc',
  title: 'AURC',
  best: 'smallest',
  failures: failureKinds,
  value: (acceptance, failures) => riskArea(acceptance, failures).area,
} as const satisfies SelectiveMetric;

/** The area, with the numbers of rows and of failures among them. */
export function riskArea(
  { points, accepted, wrong, outliers, harmonic }: Acceptance,
  failures: Failures,
): { readonly area: number; readonly rows: number; readonly failed: number } {
  const counted = failures === 'wrong' ? 0 : 1;
  let [rows, failed, sum] = [0, 0, 0];
  for (let i = 0; i < points; i++) {
    const met = counted * (outliers[i] ?? 0);
    const [nextRows, nextFailed] = [(accepted[i] ?? 0) + met, (wrong[i] ?? 0) + met];
    const step = nextRows - rows;
    const stepFailed = nextFailed - failed;
    // Σ over j = 1 … step of (failed + j · stepFailed / step) / (rows + j); nothing where the step is empty.
    const atStart = failed - (stepFailed * rows) / Math.max(step, 1);
    sum += stepFailed + atStart * ((harmonic[nextRows] ?? 0) - (harmonic[rows] ?? 0));
    rows = nextRows;
    failed = nextFailed;
  }
  return { area: sum / rows, rows, failed };
}
