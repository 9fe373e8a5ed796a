import type { CurvePoints, Follower, Metric } from './metric.js';

/**
 * The area under the precision-recall curve of the negated score, in-domain rows positive. Equal to scikit-learn's
 * `auc(recall, precision)` of `precision_recall_curve`.
 */
export const auprIn = {
  name: 'aupr-in',
  title: 'AUPR-in',
  best: 'largest',
  follow: (): Follower => new Area(),
} as const satisfies Metric;

class Area implements Follower {
  #inDomain = 0;
  #total = 0;
  #fp = 0;
  #precision = 1;
  #twiceArea = 0;

  begin(inDomain: number, outlier: number): void {
    this.#inDomain = inDomain;
    this.#total = inDomain + outlier;
    this.#fp = 0;
    this.#precision = inDomain / this.#total;
    this.#twiceArea = 0;
  }

  add({ seen, positives }: CurvePoints, count: number): void {
    const [inDomain, total] = [this.#inDomain, this.#total];
    let [fp, precision, twiceArea] = [this.#fp, this.#precision, this.#twiceArea];
    for (let i = 0; i < count; i++) {
      const met = seen[i] ?? 0;
      const nextFp = met - (positives[i] ?? 0);
      // Seen from below, the rows not yet met are the positives so far; with none left the curve starts at 1.
      const rest = total - met;
      const next = rest === 0 ? 1 : (inDomain - nextFp) / rest;
      twiceArea += (nextFp - fp) * (precision + next);
      fp = nextFp;
      precision = next;
    }
    this.#fp = fp;
    this.#precision = precision;
    this.#twiceArea = twiceArea;
  }

  end(): number {
    return this.#twiceArea / (2 * this.#inDomain);
  }
}
