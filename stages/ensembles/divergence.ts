/** Below this, e^r (r − 1) + 1 cancels, and its series has all digits in a few terms. */
const small = 0.5;

/**
 * φ(e^r) = r e^r − e^r + 1, which is never negative: Σ q φ(p / q) is KL(p ‖ q), as p and q both add up to 1, and being a sum of terms
 * that are not negative it keeps their digits where p and q nearly agree.
 */
function divergence(r: number): number {
  if (Math.abs(r) >= small) return r * Math.exp(r) - Math.expm1(r);
  // Σ_{k≥2} r^k (k − 1) / k!
  let power = r;
  let sum = 0;
  for (let k = 2; k <= 18; k += 1) {
    power *= r / k;
    sum += power * (k - 1);
  }
  return sum;
}

/** q φ(p / q), the part of one class in KL(p ‖ q). @param r log(p / q) */
export function divergenceTerm(p: number, q: number, r: number): number {
  // Where p / q itself may be infinite, p is known.
  return r > 1 ? p * (r - 1) + q : q * divergence(r);
}
