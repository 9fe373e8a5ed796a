import { normalQuantile } from '../distributions/normal.js';

/** The ends of a 95 % interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The 95 % interval of a ROC-AUC A by its standard error, on the logit scale, where it is closer to normal and never leaves
 * [0, 1]: logit A ± 1.96 σ / (A (1 − A)).
 * @param error null where there is none
 * @returns null where A is 0 or 1, whose logit is infinite, and where nothing varies: no interval follows from that
 */
export function logitInterval(auroc: number, error: number | null): Interval | null {
  if (error === null || !(error > 0) || !(auroc > 0 && auroc < 1)) return null;
  const logit = Math.log(auroc) - Math.log1p(-auroc);
  const half = (normalQuantile(0.975) * error) / (auroc * (1 - auroc));
  const expit = (x: number): number => 1 / (1 + Math.exp(-x));
  return { low: expit(logit - half), high: expit(logit + half) };
}
