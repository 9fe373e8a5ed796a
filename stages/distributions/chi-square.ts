import { logGammaOfHalf } from './log-gamma.js';

/**
 * P(X > x) of a χ² variable, without the loss of digits that 1 − P(X ≤ x) has in the tail: the regularised incomplete gamma
 * function Q(degrees / 2, x / 2), below its mean by the series of P and above it by the continued fraction (DLMF 8.11.4 and
 * 8.9.2). To about 1e-14, relatively.
 * @param x not negative
 * @param degrees of freedom, a whole number from 1 on
 */
export function chiSquareAbove(x: number, degrees: number): number {
  if (x === 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  const [a, half] = [degrees / 2, x / 2];
  const scale = Math.exp(a * Math.log(half) - half - logGammaOfHalf(degrees));
  return half < a + 1 ? 1 - scale * series(a, half) : scale * fraction(a, half);
}

function series(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; term > sum * 1e-17; n += 1) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** By Lentz's method, as Thompson and Barnett (1986) changed it. */
function fraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Number.POSITIVE_INFINITY;
  let d = 1 / b;
  let value = d;
  for (let n = 1, change = 0; Math.abs(change - 1) > 1e-16 && n < 10_000; n += 1) {
    const numerator = n * (a - n);
    b += 2;
    d = 1 / (b + numerator * d);
    c = b + numerator / c;
    change = c * d;
    value *= change;
  }
  return value;
}
