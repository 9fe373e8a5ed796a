/**
 * What the scoring pass says of one image at one cell. All logarithms are natural.
 * `log G = log SG − 2 log S` is derived, see `logG`.
 */
export interface Score {
  readonly epsilon: number;
  readonly temperature: number;
  /** ĉ = argmax h at the perturbed image. */
  readonly predicted: number;
  /** max h, not divided by T. */
  readonly maxLogit: number;
  /** −λ: log-odds of the predicted class at temperature T, computed in float64 from the logits. */
  readonly logOdds: number;
  /** log ‖∇_θ ℓ‖²; null where only the forward pass was run. */
  readonly logSG: number | null;
  /** What `ofLogits` of the detector that is asked gave; absent or null where it was not computed. */
  readonly ofLogits?: number | null;
}

/**
 * log S = −log(1 + e^λ), without cancellation.
 * @param logOdds −λ
 */
export function logS(logOdds: number): number {
  const lambda = -logOdds;
  return lambda > 0 ? -(lambda + Math.log1p(Math.exp(-lambda))) : -Math.log1p(Math.exp(lambda));
}

/** log G = log SG − 2 log S (section 2: ∇_θ ℓ = S · G). */
export function logG(logSG: number, logOdds: number): number {
  return logSG - 2 * logS(logOdds);
}
