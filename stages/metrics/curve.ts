import type { Resample } from './random.js';
import type { Ranking } from './ranking.js';
import type { Metric } from './rows.js';

/** The order in which `curveMetrics` writes. */
export const metrics = ['auroc', 'fpr95', 'aupr-out', 'aupr-in'] as const satisfies readonly Metric[];

/**
 * ROC-AUC, FPR95, AUPR-out and AUPR-in of one resample in one pass over the sorted rows, O(rows). A score whose
 * rows were not drawn is no point of the curves. Equal to scikit-learn on the repeated rows: `roc_auc_score`;
 * FPR at the first point of `roc_curve` (which drops points inside a straight line of equal steps) with
 * TPR ≥ 0.95; `auc(recall, precision)` of `precision_recall_curve` with outliers positive, and with the score
 * negated and in-domain positive.
 * @param resample counts in the ranking's row order; both classes drawn
 * @param out receives four numbers from `offset` on, in the order of `metrics`
 */
export function curveMetrics(ranking: Ranking, resample: Resample, out: Float64Array, offset: number): void {
  const { order, ends, inDomainRows } = ranking;
  const { counts, inDomain, outlier } = resample;
  const enough = truePositivesFor95(outlier);

  let fp = 0;
  let tp = 0;
  let twiceArea = 0;
  let twiceOut = 0;
  let twiceIn = 0;
  let precisionOut = 1;
  let precisionIn = inDomain / (inDomain + outlier);
  let stepIn = 0;
  let stepOut = 0;
  let lastStepIn = 0;
  let lastStepOut = 0;
  let reached = false;
  let fpAt95 = -1;

  for (let i = 0; i < order.length; i++) {
    const row = order[i] ?? 0;
    const count = counts[row] ?? 0;
    if (row < inDomainRows) stepIn += count;
    else stepOut += count;
    if (ends[i] === 0 || (stepIn === 0 && stepOut === 0)) continue;

    if (fpAt95 < 0) {
      // A point is dropped from the curve when the step out of it equals the step into it.
      if (reached && (stepIn !== lastStepIn || stepOut !== lastStepOut)) fpAt95 = fp;
      else if (tp + stepOut >= enough) {
        reached = true;
        // The first point is never dropped.
        if (fp + tp === 0) fpAt95 = stepIn;
      }
      lastStepIn = stepIn;
      lastStepOut = stepOut;
    }

    twiceArea += stepIn * (2 * tp + stepOut);
    fp += stepIn;
    tp += stepOut;
    const nextOut = tp / (tp + fp);
    twiceOut += stepOut * (precisionOut + nextOut);
    precisionOut = nextOut;
    // Seen from below, the rows not yet met are the positives so far; with none left the curve starts at 1.
    const left = inDomain - fp;
    const rest = left + outlier - tp;
    const nextIn = rest === 0 ? 1 : left / rest;
    twiceIn += stepIn * (precisionIn + nextIn);
    precisionIn = nextIn;
    stepIn = 0;
    stepOut = 0;
  }

  out[offset] = twiceArea / (2 * inDomain * outlier);
  out[offset + 1] = (fpAt95 < 0 ? fp : fpAt95) / inDomain;
  out[offset + 2] = twiceOut / (2 * outlier);
  out[offset + 3] = twiceIn / (2 * inDomain);
}

/** The four metrics of the rows as they are, each counted once. */
export function evaluate(ranking: Ranking): Readonly<Record<Metric, number>> {
  const resample = {
    counts: new Uint16Array(ranking.order.length).fill(1),
    inDomain: ranking.inDomainRows,
    outlier: ranking.outlierRows,
  };
  const out = new Float64Array(metrics.length);
  curveMetrics(ranking, resample, out, 0);
  const [auroc = NaN, fpr95 = NaN, auprOut = NaN, auprIn = NaN] = out;
  return { auroc, fpr95, 'aupr-out': auprOut, 'aupr-in': auprIn };
}

/** The least number of true positives whose rate, as a double, is at least 0.95. */
function truePositivesFor95(positives: number): number {
  let enough = Math.floor(0.95 * positives);
  while (enough > 0 && (enough - 1) / positives >= 0.95) enough--;
  while (enough / positives < 0.95) enough++;
  return enough;
}
