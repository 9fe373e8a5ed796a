import type { Precision } from '../devices/device.js';

/** How far scores may be from the float64 reference. */
export interface Tolerance {
  /** Of log-odds, log S, log SG and log G, absolute up to `scale`, beyond it in parts of the value. */
  readonly score: number;
  /** Scores below this size have the tolerance of this size; Infinity where it is the same for all. */
  readonly scale: number;
  /** Of logits, in parts of the largest of an image, or of 1. */
  readonly logit: number;
}

/**
 * Single precision is off by about 1e-5 in practice, and each kind of parameter carries at least 0.5 % of the norm: 5e-4
 * tells a wrong rule from rounding. TF32 and half precision keep 10 bits of each factor of a product (2⁻¹¹ = 5e-4), which
 * some ten layers add up: 2e-2 still shows a rule that is wrong, but not one that forgets a parameter of little weight.
 */
export const tolerances: Readonly<Record<Precision, Tolerance>> = {
  fp32: { score: 5e-4, scale: Number.POSITIVE_INFINITY, logit: 1e-4 },
  tf32: { score: 2e-2, scale: 1, logit: 1e-2 },
  fp16: { score: 2e-2, scale: 1, logit: 1e-2 },
};
