import type { CurvePoints, Follower } from './metric.js';

/** Areas under a curve, each of them doubled until its end. In one loop, as the divisions of two then overlap. */
export class Areas implements Follower {
  #inDomain = 0;
  #outlier = 0;
  #fp = 0;
  #tp = 0;
  #precisionOut = 1;
  #precisionIn = 1;
  #twiceArea = 0;
  #twiceOut = 0;
  #twiceIn = 0;

  begin(inDomain: number, outlier: number): void {
    this.#inDomain = inDomain;
    this.#outlier = outlier;
    this.#fp = 0;
    this.#tp = 0;
    this.#precisionOut = 1;
    this.#precisionIn = inDomain / (inDomain + outlier);
    this.#twiceArea = 0;
    this.#twiceOut = 0;
    this.#twiceIn = 0;
  }

  add({ seen, positives }: CurvePoints, count: number): void {
    const inDomain = this.#inDomain;
    const total = inDomain + this.#outlier;
    let [fp, tp, precisionOut, precisionIn] = [this.#fp, this.#tp, this.#precisionOut, this.#precisionIn];
    let [twiceArea, twiceOut, twiceIn] = [this.#twiceArea, this.#twiceOut, this.#twiceIn];
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
    this.#fp = fp;
    this.#tp = tp;
    this.#precisionOut = precisionOut;
    this.#precisionIn = precisionIn;
    this.#twiceArea = twiceArea;
    this.#twiceOut = twiceOut;
    this.#twiceIn = twiceIn;
  }

  /** Under the ROC curve. */
  get roc(): number {
    return this.#twiceArea / (2 * this.#inDomain * this.#outlier);
  }

  /** Under the precision-recall curve, outliers positive. */
  get precisionRecallOut(): number {
    return this.#twiceOut / (2 * this.#outlier);
  }

  /** Under the precision-recall curve of the negated score, in-domain rows positive. */
  get precisionRecallIn(): number {
    return this.#twiceIn / (2 * this.#inDomain);
  }
}

/** The one follower of curves that all metrics which are such areas share. */
export const followAreas = (): Areas => new Areas();
