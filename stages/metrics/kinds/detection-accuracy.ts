import type { CurvePoints, Follower, Metric } from './metric.js';

/**
 * The largest mean of true-positive and true-negative rate, ½(TPR + TNR), that any threshold has: 1 less ODIN's detection error
 * with equal priors (Liang, Li and Srikant, 2018). At least ½, whatever the scores.
 */
export const detectionAccuracy = {
  name: 'detection-accuracy',
  title: 'Detection accuracy',
  best: 'largest',
  follow: (): WidestGap => new WidestGap(),
  value: ({ accuracy }) => accuracy,
} as const satisfies Metric<WidestGap>;

/** Looks for the point farthest above the diagonal of the ROC curve. */
export class WidestGap implements Follower {
  #inDomain = 0;
  #outlier = 0;
  /** Of TPR − FPR, in units of one in-domain row of one outlier: whole numbers, so that ties are real ties. */
  #gap = 0;

  begin(inDomain: number, outlier: number): void {
    this.#inDomain = inDomain;
    this.#outlier = outlier;
    this.#gap = 0;
  }

  add({ seen, positives }: CurvePoints, count: number): void {
    const outlier = this.#outlier;
    // tp · inDomain − (seen − tp) · outlier
    const rows = this.#inDomain + outlier;
    let gap = this.#gap;
    for (let i = 0; i < count; i++)
      gap = Math.max(gap, (positives[i] ?? 0) * rows - (seen[i] ?? 0) * outlier);
    this.#gap = gap;
  }

  get accuracy(): number {
    return 0.5 + this.#gap / (2 * this.#inDomain * this.#outlier);
  }
}
