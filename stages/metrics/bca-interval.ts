import { normalBelow, normalQuantile } from '../distributions/normal.js';
import type { Interval } from './logit-interval.js';
import { mean, quantile } from './summary.js';

/**
 * The 95 % interval of Efron (1987), "Better bootstrap confidence intervals": percentiles of the resamples, moved by how far
 * they lie to one side of the estimate (bias correction) and by how skewed the influence of the rows is (acceleration).
 * @param value the estimate
 * @param samples of resamples, in any order
 * @param jackknife the estimate without each row, or photograph, in turn; null where there is no such thing
 * @returns null where nothing varies, or all resamples lie on one side
 */
export function bcaInterval(
  value: number,
  samples: Float64Array,
  jackknife: Float64Array | null,
): Interval | null {
  if (jackknife === null) return null;
  let below = 0;
  // Ties are divided: of coarse figures many resamples are the estimate itself.
  for (const sample of samples) below += sample < value ? 1 : sample === value ? 0.5 : 0;
  const bias = normalQuantile(below / samples.length);
  const acceleration = accelerationOf(jackknife);
  if (!Number.isFinite(bias) || acceleration === null) return null;
  const sorted = samples.slice().sort();
  const moved = (fraction: number): number => {
    const z = bias + normalQuantile(fraction);
    return normalBelow(bias + z / (1 - acceleration * z));
  };
  return { low: quantile(sorted, moved(0.025)), high: quantile(sorted, moved(0.975)) };
}

/** Σ d³ / (6 (Σ d²)^1.5) of what the mean of the jackknife's values is above each; null where they are alike. */
function accelerationOf(jackknife: Float64Array): number | null {
  const centre = mean(jackknife);
  let [squares, cubes] = [0, 0];
  for (const value of jackknife) {
    const apart = centre - value;
    squares += apart ** 2;
    cubes += apart ** 3;
  }
  // What rounding leaves of equal values is no variance.
  const least = jackknife.length * (1e-14 * centre) ** 2;
  return squares > least ? cubes / (6 * squares ** 1.5) : null;
}
