/** Of a standard normal variable: 97.5 % lie below. */
const z = 1.959963984540054;

/** A fraction, and its 95 % interval. */
export interface Rate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The 95 % interval of a fraction by Wilson (1927), "Probable inference, the law of succession, and statistical inference":
 * where |p̂ − p| = z √(p (1 − p) / n). It never leaves [0, 1], and has a width where none or all of n were counted.
 * @param count 0 … n
 * @param n at least 1
 */
export function wilsonRate(count: number, n: number): Rate {
  const value = count / n;
  const spread = z ** 2 / n;
  const centre = (value + spread / 2) / (1 + spread);
  const half = Math.sqrt(spread * (value * (1 - value) + spread / 4)) / (1 + spread);
  return {
    value,
    low: count === 0 ? 0 : Math.max(0, centre - half),
    high: count === n ? 1 : Math.min(1, centre + half),
  };
}
