import { chiSquareAbove } from './chi-square.js';

/** P(Z > z) of a standard normal variable: half of that Z² exceeds z², to about 1e-14, relatively. */
export function normalAbove(z: number): number {
  const tail = chiSquareAbove(z * z, 1) / 2;
  return z < 0 ? 1 - tail : tail;
}

/** Φ(z) = P(Z ≤ z). */
export function normalBelow(z: number): number {
  return normalAbove(-z);
}

/** P(|Z| > |z|), the p-value of a two-sided test. */
export function normalTwoSided(z: number): number {
  return chiSquareAbove(z * z, 1);
}

/**
 * Φ⁻¹(p): from the approximation 26.2.23 of Abramowitz and Stegun by Halley's method.
 * @param p in [0, 1]; −∞ and ∞ at its ends
 */
export function normalQuantile(p: number): number {
  if (p === 0.5) return 0;
  // In the nearer tail, whose probability has all its digits.
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  const t = Math.sqrt(-2 * Math.log(p));
  let z =
    (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (let step = 0; step < 3; step += 1) {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    const newton = (normalBelow(z) - p) / density;
    z -= newton / (1 + (newton * z) / 2);
  }
  return z;
}
