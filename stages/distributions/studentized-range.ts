import { normalBelow } from './normal.js';

/** Between places at which the integrand is taken: as smooth as it is, the sum is then exact to rounding. */
const step = 1 / 16;
/** Where the normal density ends, to rounding. */
const end = 9;

/**
 * P(range ≤ q) of k standard normal variables, the studentized range of a variance that is known (infinite degrees of freedom):
 * k ∫ φ(z) [Φ(z) − Φ(z − q)]^(k − 1) dz. To about 1e-13.
 * @param q not negative
 * @param k at least 2
 */
export function studentizedRangeBelow(q: number, k: number): number {
  let sum = 0;
  for (let z = -end; z <= end; z += step) {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    sum += density * (normalBelow(z) - normalBelow(z - q)) ** (k - 1);
  }
  return k * sum * step;
}

/**
 * Which range of k such variables is not exceeded with a probability of p, by bisection.
 * @param p in (0, 1)
 */
export function studentizedRangeQuantile(p: number, k: number): number {
  let low = 0;
  let high = 1;
  while (studentizedRangeBelow(high, k) < p) high *= 2;
  for (let middle = high / 2; low < middle && middle < high; middle = (low + high) / 2) {
    if (studentizedRangeBelow(middle, k) < p) low = middle;
    else high = middle;
  }
  return high;
}
