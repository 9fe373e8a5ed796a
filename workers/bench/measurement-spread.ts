import { quantile } from '../../stages/metrics/summary.js';

/** The middle of some measurements, and how far they spread. */
export interface Spread {
  readonly median: number;
  /** The quartiles. */
  readonly low: number;
  readonly high: number;
  readonly least: number;
}

/** @param values at least one */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort();
  return {
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
    least: quantile(sorted, 0),
  };
}

/** The spread of ratios, measurement by measurement: what is compared was measured side by side. */
export function ratioSpread(values: readonly number[], base: readonly number[]): Spread {
  return spreadOf(values.map((value, index) => value / (base[index] ?? Number.NaN)));
}

/** The spread of measurements in another unit. */
export function scaled({ median, low, high, least }: Spread, factor: number): Spread {
  return { median: median * factor, low: low * factor, high: high * factor, least: least * factor };
}
