import type { CurvePoints, Follower, Metric } from './metric.js';
import { positivesFor95 } from './positives-for-95.js';

/**
 * The false-positive rate at the first point of scikit-learn's `roc_curve`, which drops points inside a straight line of
 * equal steps, with a true-positive rate of at least 0.95. Out-of-domain is positive, as in OpenOOD 1.5: the share of
 * in-domain rows that are rejected where 95 % of the outliers are. In-domain being positive it is `fpr95-in`.
 */
export const fpr95 = {
  name: 'fpr95',
  title: 'FPR95',
  best: 'smallest',
  follow: (): FalsePositives => new FalsePositives(),
  value: ({ rate }) => rate,
} as const satisfies Metric<FalsePositives>;

/** Looks for the first point with enough true positives that is kept. */
export class FalsePositives implements Follower {
  #inDomain = 0;
  /** Outliers for a true-positive rate of 0.95. */
  #enough = 0;
  // The last point, and the step into it.
  #fp = 0;
  #tp = 0;
  #stepIn = 0;
  #stepOut = 0;
  #isDone = false;

  begin(inDomain: number, outlier: number): void {
    this.#inDomain = inDomain;
    this.#enough = positivesFor95(outlier);
    this.#fp = 0;
    this.#tp = 0;
    this.#isDone = false;
  }

  add({ seen, positives }: CurvePoints, count: number): void {
    if (this.#isDone || count === 0) return;
    // Most points lie before the one that is sought, and only the last of those tells anything.
    const start = this.#tp >= this.#enough ? 0 : firstWith(positives, count, this.#enough);
    if (start > 0) this.#moveTo(seen, positives, start - 1);
    for (let i = start; i < count && !this.#isDone; i++) {
      const tp = positives[i] ?? 0;
      const stepIn = (seen[i] ?? 0) - tp - this.#fp;
      const stepOut = tp - this.#tp;
      const wasReached = this.#tp >= this.#enough;
      // A point is dropped from the curve when the step out of it equals the step into it.
      if (wasReached && (stepIn !== this.#stepIn || stepOut !== this.#stepOut)) {
        this.#isDone = true;
        return;
      }
      // The first point is never dropped.
      this.#isDone = this.#fp + this.#tp === 0;
      this.#stepIn = stepIn;
      this.#stepOut = stepOut;
      this.#moveTo(seen, positives, i);
    }
  }

  get rate(): number {
    return this.#fp / this.#inDomain;
  }

  #moveTo(seen: Float64Array, positives: Float64Array, i: number): void {
    this.#tp = positives[i] ?? 0;
    this.#fp = (seen[i] ?? 0) - this.#tp;
  }
}

/** The first of `count` rising numbers that is at least `least`; `count` where none is. */
function firstWith(numbers: Float64Array, count: number, least: number): number {
  if ((numbers[count - 1] ?? 0) < least) return count;
  let first = 0;
  while ((numbers[first] ?? 0) < least) first++;
  return first;
}
