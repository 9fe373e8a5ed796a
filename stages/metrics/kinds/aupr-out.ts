import type { CurvePoints, Follower, Metric } from './metric.js';

/**
 * The area under the precision-recall curve, outliers positive. Equal to scikit-learn's `auc(recall, precision)` of
 * `precision_recall_curve`.
 */
export const auprOut = {
  name: 'aupr-out',
  title: 'AUPR-out',
  best: 'largest',
  follow: (): Follower => new Area(),
} as const satisfies Metric;

class Area implements Follower {
  #outlier = 0;
  #tp = 0;
  #precision = 1;
  #twiceArea = 0;

  begin(_inDomain: number, outlier: number): void {
    this.#outlier = outlier;
    this.#tp = 0;
    this.#precision = 1;
    this.#twiceArea = 0;
  }

  add({ seen, positives }: CurvePoints, count: number): void {
    let [tp, precision, twiceArea] = [this.#tp, this.#precision, this.#twiceArea];
    for (let i = 0; i < count; i++) {
      const nextTp = positives[i] ?? 0;
      const next = nextTp / (seen[i] ?? 0);
      twiceArea += (nextTp - tp) * (precision + next);
      tp = nextTp;
      precision = next;
    }
    this.#tp = tp;
    this.#precision = precision;
    this.#twiceArea = twiceArea;
  }

  end(): number {
    return this.#twiceArea / (2 * this.#outlier);
  }
}
