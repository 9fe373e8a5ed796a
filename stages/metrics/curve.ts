import type { Resample } from './random.js';
import type { Ranking } from './ranking.js';
import type { Metric } from './split-scores.js';

/** The order in which `curveMetrics` writes. */
export const metrics = ['auroc', 'fpr95', 'aupr-out', 'aupr-in'] as const satisfies readonly Metric[];

/** Rows swept at a time: their points stay in the nearest cache. */
const rowsAtOnce = 1024;

/** Room for some points of a curve, written over by every sweep. As doubles, which is what they are divided as. */
export interface CurvePoints {
  /** Rows met so far. */
  readonly seen: Float64Array;
  /** Outliers among them. */
  readonly positives: Float64Array;
}

/** Made once for many sweeps. */
export function curvePoints(): CurvePoints {
  return { seen: new Float64Array(rowsAtOnce), positives: new Float64Array(rowsAtOnce) };
}

/**
 * ROC-AUC, FPR95, AUPR-out and AUPR-in of one resample in one pass over the sorted rows, O(rows). A score whose
 * rows were not drawn is no point of the curves. Equal to scikit-learn on the repeated rows: `roc_auc_score`;
 * FPR at the first point of `roc_curve` (which drops points inside a straight line of equal steps) with
 * TPR ≥ 0.95; `auc(recall, precision)` of `precision_recall_curve` with outliers positive, and with the score
 * negated and in-domain positive.
 * @param resample counts in the ranking's row order; both classes drawn
 * @param out receives four numbers from `offset` on, in the order of `metrics`
 */
export function curveMetrics(
  { entries }: Ranking,
  { counts, inDomain, outlier }: Resample,
  out: Float64Array,
  offset: number,
  points: CurvePoints = curvePoints(),
): void {
  const { seen, positives } = points;
  const total = inDomain + outlier;
  const enough = truePositivesFor95(outlier);
  const rows = entries.length;

  let fp = 0;
  let tp = 0;
  let twiceArea = 0;
  let twiceOut = 0;
  let twiceIn = 0;
  let precisionOut = 1;
  let precisionIn = inDomain / total;
  let fpAt95 = -1;
  let met = 0;
  let metOut = 0;
  // Rows of the score at hand; and all ones until a score's last row, then zero to begin anew.
  let drawn = 0;
  let sameScore = 0;

  for (let start = 0; start < rows; start += rowsAtOnce) {
    const stop = Math.min(start + rowsAtOnce, rows);
    const before = { fp, tp, stepIn: met - metOut - fp, stepOut: metOut - tp };
    let count = 0;
    // Whether a row was drawn is a coin's toss that no processor foresees: so a point is always written, without
    // a branch, and written over unless it ends a score of which there is a row.
    for (let i = start; i < stop; i++) {
      const entry = entries[i] ?? 0;
      const times = counts[entry >>> 2] ?? 0;
      met = (met + times) | 0;
      metOut = (metOut + (times & (0 - ((entry >>> 1) & 1)))) | 0;
      drawn = ((drawn & sameScore) + times) | 0;
      seen[count] = met;
      positives[count] = metOut;
      const last = entry & 1;
      sameScore = (last - 1) | 0;
      count = (count + (last & ((0 - drawn) >>> 31))) | 0;
    }
    for (let i = 0; i < count; i++) {
      const nextSeen = seen[i] ?? 0;
      const nextTp = positives[i] ?? 0;
      const nextFp = nextSeen - nextTp;
      const stepIn = nextFp - fp;
      const stepOut = nextTp - tp;
      twiceArea += stepIn * (tp + nextTp);
      const nextOut = nextTp / nextSeen;
      twiceOut += stepOut * (precisionOut + nextOut);
      precisionOut = nextOut;
      // Seen from below, the rows not yet met are the positives so far; with none left the curve starts at 1.
      const rest = total - nextSeen;
      const nextIn = rest === 0 ? 1 : (inDomain - nextFp) / rest;
      twiceIn += stepIn * (precisionIn + nextIn);
      precisionIn = nextIn;
      fp = nextFp;
      tp = nextTp;
    }
    if (fpAt95 < 0 && tp >= enough) {
      fpAt95 = falsePositivesAt95(entries, counts, start, before, enough);
    }
  }

  out[offset] = twiceArea / (2 * inDomain * outlier);
  out[offset + 1] = fpAt95 / inDomain;
  out[offset + 2] = twiceOut / (2 * outlier);
  out[offset + 3] = twiceIn / (2 * inDomain);
}

/**
 * @param start an entry before the point where `enough` outliers are met
 * @param before the last point before `start`, and the rows of an unfinished score since
 * @param enough outliers for a true-positive rate of 0.95
 * @returns in-domain rows met at the first point, of those not dropped, with as many outliers
 */
function falsePositivesAt95(
  entries: Uint32Array,
  counts: Uint16Array,
  start: number,
  before: { fp: number; tp: number; stepIn: number; stepOut: number },
  enough: number,
): number {
  let { fp, tp, stepIn, stepOut } = before;
  let reached: { stepIn: number; stepOut: number } | undefined;
  for (let i = start; i < entries.length; i++) {
    const entry = entries[i] ?? 0;
    const times = counts[entry >>> 2] ?? 0;
    if ((entry & 2) === 0) stepIn += times;
    else stepOut += times;
    if ((entry & 1) === 0 || (stepIn === 0 && stepOut === 0)) continue;
    if (reached !== undefined) {
      // A point is dropped from the curve when the step out of it equals the step into it.
      if (stepIn !== reached.stepIn || stepOut !== reached.stepOut) return fp;
    } else if (tp + stepOut >= enough) {
      // The first point is never dropped.
      if (fp + tp === 0) return stepIn;
      reached = { stepIn, stepOut };
    }
    fp += stepIn;
    tp += stepOut;
    stepIn = 0;
    stepOut = 0;
  }
  return fp;
}

/** The four metrics of the rows as they are, each counted once. */
export function evaluate(ranking: Ranking): Readonly<Record<Metric, number>> {
  const resample = {
    counts: new Uint16Array(ranking.entries.length).fill(1),
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
