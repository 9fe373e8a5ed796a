import type { Metric } from '../../stages/metrics/split-scores.js';
import { estimateAndDeviation, interval, threeDecimals } from './number-text.js';
import type { MetricRow } from './result-rows.js';

/** Where a metric was not computed. */
const none = '—';

/**
 * One metric of the detectors or ablations of a table's row, as Markdown: estimate ± σ. All whose estimates show the
 * same digits as the best are in bold: what a reader can't tell apart is a tie.
 */
export function estimateCells(metric: Metric, rows: readonly (MetricRow | undefined)[]): readonly string[] {
  const shown = rows.flatMap((row) => (row === undefined ? [] : [Number(threeDecimals(row.value))]));
  const best = isSmallerBetter(metric) ? Math.min(...shown) : Math.max(...shown);
  return rows.map((row) => {
    if (row === undefined) return none;
    const text = estimateAndDeviation(row.value, row.deviation);
    return Number(threeDecimals(row.value)) === best ? `**${text}**` : text;
  });
}

/** The 95 % intervals of the same, for the row below. */
export function intervalCells(rows: readonly (MetricRow | undefined)[]): readonly string[] {
  return rows.map((row) => (row === undefined ? none : interval(row.low, row.high)));
}

/** Heads a row of `intervalCells`. */
export const intervalHeading = '95 % interval';

/** FPR95 counts mistakes; the others are areas under curves. */
function isSmallerBetter(metric: Metric): boolean {
  switch (metric) {
    case 'fpr95':
      return true;
    case 'auroc':
    case 'aupr-out':
    case 'aupr-in':
      return false;
  }
}
