import { logS } from '../scores.js';

/** What one row of logits says at one temperature. */
export interface LogitSummary {
  /** ĉ: the first index of the largest logit. */
  readonly predicted: number;
  /** max h, not divided by T. */
  readonly maxLogit: number;
  /** −λ, λ = log Σ_{c≠ĉ} exp((h_c − h_ĉ)/T). */
  readonly logOdds: number;
}

/**
 * Summarises the logits of one image in float64. Differences are taken before the division by T, and the
 * predicted class is left out of the sum, so that nothing cancels however confident the network is.
 * @param logits h, [≥ offset + classes], row-major
 * @param offset where the image's row starts
 * @param classes K, at least 2
 */
export function summarizeLogits(
  logits: ArrayLike<number>,
  offset: number,
  classes: number,
  temperature: number,
): LogitSummary {
  let predicted = 0;
  let maxLogit = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < classes; c += 1) {
    const logit = logits[offset + c] ?? Number.NaN;
    if (Number.isNaN(logit)) return { predicted: 0, maxLogit: Number.NaN, logOdds: Number.NaN };
    if (logit > maxLogit) {
      maxLogit = logit;
      predicted = c;
    }
  }
  let nearest = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < classes; c += 1) {
    if (c !== predicted) nearest = Math.max(nearest, ((logits[offset + c] ?? 0) - maxLogit) / temperature);
  }
  let sum = 0;
  for (let c = 0; c < classes; c += 1) {
    if (c !== predicted) sum += Math.exp(((logits[offset + c] ?? 0) - maxLogit) / temperature - nearest);
  }
  return { predicted, maxLogit, logOdds: -(nearest + Math.log(sum)) };
}

/**
 * The class with the largest logit among some, the first of them where several have it.
 * @param among classes, ascending, at least one
 * @param logits h, row-major
 * @param offset where the image's row starts
 */
export function largestAmong(among: readonly number[], logits: ArrayLike<number>, offset: number): number {
  let [largest = 0] = among;
  for (const c of among) if ((logits[offset + c] ?? 0) > (logits[offset + largest] ?? 0)) largest = c;
  return largest;
}

/**
 * log SG = 2(λ + log S − log T) + log ‖Jᵀv‖², v being the cotangent of unit scale (section 2: ∇_θ ℓ = S · G).
 * @param logOdds −λ
 * @param logNorm log ‖Jᵀv‖², natural logarithm
 */
export function logSGFromNorm(logOdds: number, temperature: number, logNorm: number): number {
  return 2 * (logS(logOdds) - logOdds - Math.log(temperature)) + logNorm;
}
