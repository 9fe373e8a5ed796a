import { logGammaOfHalf } from './log-gamma.js';

/**
 * P(X > x) of a variable of the F distribution: the regularised incomplete beta function I_y(b / 2, a / 2) at
 * y = b / (b + a x), by its continued fraction (DLMF 8.17.22). To about 1e-13, relatively.
 * @param x not negative
 * @param a degrees of freedom of the numerator, a whole number from 1 on
 * @param b of the denominator
 */
export function fAbove(x: number, a: number, b: number): number {
  if (x <= 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  const below = (a * x) / (b + a * x);
  const above = b / (b + a * x);
  // The fraction converges quickly on the side of the mean that is asked for; else the other tail is computed.
  return above < (b / 2 + 1) / (a / 2 + b / 2 + 2)
    ? betaFraction(above, below, b, a)
    : 1 - betaFraction(below, above, a, b);
}

/** I_x(a / 2, b / 2), where y = 1 − x with all its digits. */
function betaFraction(x: number, y: number, twiceA: number, twiceB: number): number {
  const [a, b] = [twiceA / 2, twiceB / 2];
  const logBeta = logGammaOfHalf(twiceA) + logGammaOfHalf(twiceB) - logGammaOfHalf(twiceA + twiceB);
  const scale = Math.exp(a * Math.log(x) + b * Math.log(y) - logBeta) / a;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1, change = 0; Math.abs(change - 1) > 1e-16 && m < 10_000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    change = d * c;
    value *= change;
  }
  return scale * value;
}
