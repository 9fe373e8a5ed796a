import type { Precision } from '../devices/device.js';

/** How far scores may be from the float64 reference. */
export interface Tolerance {
  /** Of log-odds, log S, log SG and log G, absolute up to `scale`, beyond it in parts of the value. */
  readonly score: number;
  /** How much of that, and of what is allowed to logits, a minority of a cell's images may take up. */
  readonly flipped: number;
  /** Scores below this size have the tolerance of this size; Infinity where it is the same for all. */
  readonly scale: number;
  /** Of logits, in parts of the largest of an image, or of 1. */
  readonly logit: number;
}

/**
 * Single precision is off by about 1e-5 in practice, and each kind of parameter carries at least 0.5 % of the norm: 5e-4
 * tells a wrong rule from rounding. TF32 and half precision keep 10 bits of each factor of a product (2⁻¹¹ = 5e-4), which
 * some ten layers add up: 1.5e-2 still shows a rule that is wrong, but not one that forgets a parameter of little weight.
 * An image now and then has a unit, or a pixel's gradient, so near to 0 that rounding decides its sign, or two pixels of
 * a pool so near to each other; in networks of a dozen channels that alone moves a norm by up to 20 %. A wrong rule is
 * wrong for every image, so a minority of a cell's images may be further off, and the median may not. Half precision
 * on the CPU, rounded between operations: medians up to 8e-3, single images up to 4e-2, or 0.16 with normalisations
 * kept.
 */
export const tolerances: Readonly<Record<Precision, Tolerance>> = {
  fp32: { score: 5e-4, flipped: 1, scale: Number.POSITIVE_INFINITY, logit: 1e-4 },
  tf32: { score: 1.5e-2, flipped: 20, scale: 1, logit: 1e-2 },
  fp16: { score: 1.5e-2, flipped: 20, scale: 1, logit: 1e-2 },
};
