import { borderIndex } from './border.js';

/** A kernel that is the same turned upside down and mirrored: its quarter right below the middle, which it begins with. */
export interface SymmetricKernel {
  readonly reach: number;
  /** [reach + 1, reach + 1], rows from the middle down. */
  readonly quarter: Float32Array;
}

/**
 * A disc whose rim is softened, in single precision as OpenCV softens it.
 * @param radius in pixels @param sigma of the Gaussian that softens it
 */
export function softDisc(radius: number, sigma: number): SymmetricKernel {
  const reach = Math.max(8, radius);
  const side = 2 * reach + 1;
  const isIn = (y: number, x: number): boolean => (y - reach) ** 2 + (x - reach) ** 2 <= radius * radius;
  const whole = new Float32Array(side * side).map((_, at) =>
    isIn(Math.floor(at / side), at % side) ? 1 : 0,
  );
  const area = whole.reduce((sum, value) => sum + value, 0);
  const disc = whole.map((value) => value / area);
  const taps = softening(radius <= 8 ? 1 : 2, sigma);
  const across = softened(disc, side, taps, 1);
  const soft = softened(across, side, taps, side);
  const quarter = new Float32Array((reach + 1) ** 2).map((_, at) => {
    const [row, column] = [Math.floor(at / (reach + 1)), at % (reach + 1)];
    return soft[(reach + row) * side + reach + column] ?? 0;
  });
  return { reach, quarter };
}

/** Weights of a Gaussian from the middle outwards. */
function softening(reach: number, sigma: number): Float32Array {
  const weights = Float64Array.from({ length: reach + 1 }, (_, at) =>
    Math.exp((-at * at) / (2 * sigma * sigma)),
  );
  const total = weights.reduce((sum, weight, at) => sum + (at === 0 ? weight : 2 * weight), 0);
  return Float32Array.from(weights, (weight) => weight / total);
}

/** One pass along an axis of a square. @param step between neighbours of the axis: 1, or `side` for columns */
function softened(values: Float32Array, side: number, taps: Float32Array, step: number): Float32Array {
  return values.map((value, at) => {
    const place = step === 1 ? at % side : Math.floor(at / side);
    const start = at - place * step;
    let sum = Math.fround(value * (taps[0] ?? 0));
    for (let tap = 1; tap < taps.length; tap++) {
      const before = values[start + borderIndex(place - tap, side, 'reflect-101') * step] ?? 0;
      const after = values[start + borderIndex(place + tap, side, 'reflect-101') * step] ?? 0;
      sum = Math.fround(sum + Math.fround(Math.fround(before + after) * (taps[tap] ?? 0)));
    }
    return sum;
  });
}

/**
 * Each pixel's neighbourhood weighed by a kernel; beyond the image lies its reflection.
 * @param values [H, W, 3]
 */
export function weighedBy(
  { reach, quarter }: SymmetricKernel,
  values: Float64Array,
  width: number,
  height: number,
): Float64Array {
  const length = 3 * width;
  const result = new Float64Array(values.length);
  const padded = new Float64Array(length + 6 * reach);
  for (let y = 0; y < height; y++) {
    const sums = result.subarray(y * length, (y + 1) * length);
    for (let row = 0; row <= reach; row++) {
      const weights = quarter.subarray(row * (reach + 1), (row + 1) * (reach + 1));
      if (weights.every((weight) => weight === 0)) continue;
      // The rows above and below have the same weights, and so have the columns to the left and right.
      const above = borderIndex(y - row, height, 'reflect-101') * length;
      const below = borderIndex(y + row, height, 'reflect-101') * length;
      for (let x = -reach; x < width + reach; x++) {
        const from = 3 * borderIndex(x, width, 'reflect-101');
        const to = 3 * (x + reach);
        for (let channel = from; channel < from + 3; channel++) {
          const upper = values[above + channel] ?? 0;
          padded[to + channel - from] = row === 0 ? upper : upper + (values[below + channel] ?? 0);
        }
      }
      for (let column = 0; column <= reach; column++) {
        const weight = weights[column] ?? 0;
        if (weight === 0) continue;
        const left = 3 * (reach - column);
        const right = 3 * (reach + column);
        if (column === 0)
          for (let x = 0; x < length; x++) sums[x] = (sums[x] ?? 0) + weight * (padded[left + x] ?? 0);
        else
          for (let x = 0; x < length; x++)
            sums[x] = (sums[x] ?? 0) + weight * ((padded[left + x] ?? 0) + (padded[right + x] ?? 0));
      }
    }
  }
  return result;
}
