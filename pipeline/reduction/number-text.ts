/** A value in [0, 1] as the tables show it: three decimals. */
export function threeDecimals(value: number): string {
  return value.toFixed(3);
}

/**
 * μ ± σ as the paper rounds it: three decimals, but one significant digit for a σ that would be shown as 0.000.
 */
export function meanAndDeviation(mean: number, deviation: number): string {
  const small = deviation > 0 && deviation < 0.0005;
  return `${threeDecimals(mean)} ± ${small ? oneDigit(deviation) : threeDecimals(deviation)}`;
}

/** A fraction in per cent with one decimal, as the paper's table 3; a dash for none. */
export function percent(fraction: number | null): string {
  return fraction === null ? '—' : (100 * fraction).toFixed(1);
}

/** One significant digit, without an exponent. */
function oneDigit(value: number): string {
  const [digit = '', exponent = ''] = value.toExponential(0).split('e');
  return `0.${'0'.repeat(-Number(exponent) - 1)}${digit}`;
}
