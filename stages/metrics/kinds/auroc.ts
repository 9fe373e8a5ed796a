import type { CurvePoints, Follower, Metric } from './metric.js';

/** The area under the ROC curve, ties counted half. Equal to scikit-learn's `roc_auc_score`. */
export const auroc = {
  name: 'auroc',
  title: 'ROC-AUC',
  best: 'largest',
  follow: (): Follower => new Area(),
} as const satisfies Metric;

class Area implements Follower {
  #inDomain = 0;
  #outlier = 0;
  #fp = 0;
  #tp = 0;
  #twiceArea = 0;

  begin(inDomain: number, outlier: number): void {
    this.#inDomain = inDomain;
    this.#outlier = outlier;
    this.#fp = 0;
    this.#tp = 0;
    this.#twiceArea = 0;
  }

  add({ seen, positives }: CurvePoints, count: number): void {
    let [fp, tp, twiceArea] = [this.#fp, this.#tp, this.#twiceArea];
    for (let i = 0; i < count; i++) {
      const nextTp = positives[i] ?? 0;
      const nextFp = (seen[i] ?? 0) - nextTp;
      twiceArea += (nextFp - fp) * (tp + nextTp);
      fp = nextFp;
      tp = nextTp;
    }
    this.#fp = fp;
    this.#tp = tp;
    this.#twiceArea = twiceArea;
  }

  end(): number {
    return this.#twiceArea / (2 * this.#inDomain * this.#outlier);
  }
}
