/** The arithmetic mean; NaN of nothing. */
export function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** The standard deviation with n − 1 in the denominator; NaN of fewer than two values. */
export function deviation(values: Float64Array): number {
  const center = mean(values);
  let squares = 0;
  for (const value of values) squares += (value - center) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}

/**
 * The quantile that numpy calls `linear`, its default: interpolated between the two nearest of the sorted values.
 * @param sorted ascending, at least one value
 * @param fraction in [0, 1]
 */
export function quantile(sorted: Float64Array, fraction: number): number {
  const position = fraction * (sorted.length - 1);
  const floor = Math.floor(position);
  const low = sorted[floor] ?? NaN;
  const high = sorted[Math.min(floor + 1, sorted.length - 1)] ?? NaN;
  const t = position - floor;
  // From whichever end is nearer, as numpy does: the last digit depends on it.
  return t < 0.5 ? low + (high - low) * t : high - (high - low) * (1 - t);
}
