import type { CurvePoints, Follower, Metric } from './metric.js';
import { positivesFor95 } from './positives-for-95.js';

/**
 * The same as FPR95 of the negated score, in-domain rows positive: the share of outliers that are accepted where 95 % of the
 * in-domain rows are, at the first such point of scikit-learn's `roc_curve`. What papers before OpenOOD 1.5, from ODIN's
 * (Liang, Li and Srikant, 2018) on, call FPR at 95 % TPR.
 */
export const fpr95In = {
  name: 'fpr95-in',
  title: 'FPR95-in',
  best: 'smallest',
  follow: (): AcceptedOutliers => new AcceptedOutliers(),
  value: ({ rate }) => rate,
} as const satisfies Metric<AcceptedOutliers>;

/**
 * Looks for the last point of the curve, as it is followed from the largest score down, that leaves enough in-domain rows below
 * it and is kept: the first one as it is seen from below.
 */
export class AcceptedOutliers implements Follower {
  #rows = 0;
  #outlier = 0;
  /** In-domain rows that may be met before the point. */
  #spare = 0;
  // The last two points, of which the last is not known to be kept before the step out of it is.
  #seen = 0;
  #tp = 0;
  #seenBefore = 0;
  #tpBefore = 0;
  #isStart = true;
  /** Outliers met at the last point that is kept. */
  #met = 0;
  #isDone = false;

  begin(inDomain: number, outlier: number): void {
    this.#rows = inDomain + outlier;
    this.#outlier = outlier;
    this.#spare = inDomain - positivesFor95(inDomain);
    this.#seen = 0;
    this.#tp = 0;
    this.#seenBefore = 0;
    this.#tpBefore = 0;
    this.#isStart = true;
    this.#met = 0;
    this.#isDone = false;
  }

  add({ seen, positives }: CurvePoints, count: number): void {
    if (this.#isDone || count === 0) return;
    const spare = this.#spare;
    let stop = 0;
    if ((seen[count - 1] ?? 0) - (positives[count - 1] ?? 0) <= spare) stop = count;
    else while ((seen[stop] ?? 0) - (positives[stop] ?? 0) <= spare) stop++;
    this.#isDone = stop < count;
    // Backwards, as only the last one counts, and few points are dropped.
    for (let i = Math.min(stop, count - 1) - 1; i >= 0; i--) {
      if (!this.#isKept(i, seen, positives)) continue;
      this.#met = positives[i] ?? 0;
      this.#remember(seen, positives, count);
      return;
    }
    // The start of the curve is never dropped, and is what was found until now.
    if (!this.#isStart && this.#isCarriedKept(seen, positives)) this.#met = this.#tp;
    this.#remember(seen, positives, count);
  }

  /** Outliers below the point. */
  get rate(): number {
    return (this.#outlier - this.#met) / this.#outlier;
  }

  #isKept(i: number, seen: Float64Array, positives: Float64Array): boolean {
    const [at, tp] = [seen[i] ?? 0, positives[i] ?? 0];
    const [before, tpBefore] = i > 0 ? [seen[i - 1] ?? 0, positives[i - 1] ?? 0] : [this.#seen, this.#tp];
    return this.#isBend(before, tpBefore, at, tp, seen[i + 1] ?? 0, positives[i + 1] ?? 0);
  }

  #isCarriedKept(seen: Float64Array, positives: Float64Array): boolean {
    const [at, tp] = [this.#seen, this.#tp];
    return this.#isBend(this.#seenBefore, this.#tpBefore, at, tp, seen[0] ?? 0, positives[0] ?? 0);
  }

  /** A point is dropped when the step out of it equals the step into it, but never the last one above the lowest score. */
  #isBend(
    seen0: number,
    positives0: number,
    seen1: number,
    positives1: number,
    seen2: number,
    positives2: number,
  ): boolean {
    if (seen2 === this.#rows) return true;
    return seen1 - seen0 !== seen2 - seen1 || positives1 - positives0 !== positives2 - positives1;
  }

  #remember(seen: Float64Array, positives: Float64Array, count: number): void {
    this.#seenBefore = count > 1 ? (seen[count - 2] ?? 0) : this.#seen;
    this.#tpBefore = count > 1 ? (positives[count - 2] ?? 0) : this.#tp;
    this.#seen = seen[count - 1] ?? 0;
    this.#tp = positives[count - 1] ?? 0;
    this.#isStart = false;
  }
}
