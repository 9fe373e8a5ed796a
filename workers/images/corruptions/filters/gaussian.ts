import { type Border, borderIndex } from './border.js';

/** An image of several values a pixel, [H, W, C], row-major. */
export interface Grid<Values extends Float64Array | Float32Array = Float64Array | Float32Array> {
  readonly values: Values;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

export interface GaussianOptions {
  /** Standard deviations after which the kernel ends. Default: 4. */
  readonly truncate?: number;
  /** Default: `nearest`. */
  readonly border?: Border;
}

/**
 * Blurs an image down its columns, then along its rows, by SciPy's kernel and in SciPy's order of additions: in flat regions
 * the last bit decides between two levels.
 * @returns values of the same precision
 */
export function gaussianBlurred<Values extends Float64Array | Float32Array>(
  { values, width, height, channels }: Grid<Values>,
  sigma: number,
  { truncate = 4, border = 'nearest' }: GaussianOptions = {},
): Values {
  const kernel = halfKernel(sigma, Math.floor(truncate * sigma + 0.5));
  const down = border === 'reflect' ? folded(kernel, height) : kernel;
  const across = border === 'reflect' ? folded(kernel, width) : kernel;
  const between = emptyLike(values);
  const length = width * channels;
  const sums = new Float64Array(length);
  for (let y = 0; y < height; y++) {
    const centre = y * length;
    for (let x = 0; x < length; x++) sums[x] = (values[centre + x] ?? 0) * (down[0] ?? 0);
    for (let tap = down.length - 1; tap > 0; tap--) {
      const weight = down[tap] ?? 0;
      const above = borderIndex(y - tap, height, border) * length;
      const below = borderIndex(y + tap, height, border) * length;
      for (let x = 0; x < length; x++)
        sums[x] = (sums[x] ?? 0) + ((values[above + x] ?? 0) + (values[below + x] ?? 0)) * weight;
    }
    between.set(sums, centre);
  }
  const reach = across.length - 1;
  const row = new Float64Array((width + 2 * reach) * channels);
  const result = emptyLike(values);
  for (let y = 0; y < height; y++) {
    for (let x = -reach; x < width + reach; x++) {
      const from = y * length + borderIndex(x, width, border) * channels;
      for (let channel = 0; channel < channels; channel++)
        row[(x + reach) * channels + channel] = between[from + channel] ?? 0;
    }
    const middle = reach * channels;
    for (let x = 0; x < length; x++) sums[x] = (row[middle + x] ?? 0) * (across[0] ?? 0);
    for (let tap = reach; tap > 0; tap--) {
      const weight = across[tap] ?? 0;
      const before = middle - tap * channels;
      const after = middle + tap * channels;
      for (let x = 0; x < length; x++)
        sums[x] = (sums[x] ?? 0) + ((row[before + x] ?? 0) + (row[after + x] ?? 0)) * weight;
    }
    result.set(sums, y * length);
  }
  return result;
}

function emptyLike<Values extends Float64Array | Float32Array>(values: Values): Values {
  return values.slice().fill(0) as Values;
}

/** Weights from the middle outwards; those of both sides add up to 1. */
function halfKernel(sigma: number, radius: number): Float64Array {
  const whole = Float64Array.from({ length: 2 * radius + 1 }, (_, at) =>
    Math.exp((-0.5 / (sigma * sigma)) * (at - radius) ** 2),
  );
  const total = pairwiseSum(whole);
  return whole.subarray(radius).map((weight) => weight / total);
}

/** A sum in the order in which NumPy adds. */
function pairwiseSum(values: Float64Array): number {
  const { length } = values;
  if (length > 128) {
    const half = Math.floor(length / 2);
    const cut = half - (half % 8);
    return pairwiseSum(values.subarray(0, cut)) + pairwiseSum(values.subarray(cut));
  }
  if (length < 8) return values.reduce((sum, value) => sum + value, 0);
  const [a, b, c, d, e, f, g, h] = Array.from({ length: 8 }, (_, first) => {
    let sum = values[first] ?? 0;
    for (let at = first + 8; at < length - (length % 8); at += 8) sum += values[at] ?? 0;
    return sum;
  }) as [number, number, number, number, number, number, number, number];
  let sum = a + b + (c + d) + (e + f + (g + h));
  for (let at = length - (length % 8); at < length; at++) sum += values[at] ?? 0;
  return sum;
}

/** A reflected axis comes again after twice its length: taps beyond that are added to those within. */
function folded(kernel: Float64Array, length: number): Float64Array {
  if (kernel.length - 1 <= length) return kernel;
  const period = 2 * length;
  const within = new Float64Array(length + 1);
  kernel.forEach((weight, tap) => {
    const at = tap % period;
    const to = Math.min(at, period - at);
    // Both taps of a pair fall on the middle then.
    within[to] = (within[to] ?? 0) + (to === 0 && tap > 0 ? 2 * weight : weight);
  });
  return within;
}
