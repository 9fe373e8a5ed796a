import type { Size } from './geometry.js';
import { nearestWindow } from './nearest.js';
import type { Pixels, Region } from './pixels.js';
import {
  type ResampleFilter,
  type ResampleWeights,
  resampleWeights,
  WEIGHT_BITS,
} from './resample-weights.js';

/** How an image is resized, by torchvision's names. */
export type Interpolation = ResampleFilter | 'nearest';

/** All of them. */
export const interpolations: readonly Interpolation[] = [
  'nearest',
  'box',
  'bilinear',
  'hamming',
  'bicubic',
  'lanczos',
];

/** Half a level: sums are rounded, not cut. */
const HALF = 1 << (WEIGHT_BITS - 1);

/**
 * A window of an image that is resized to the given size, bit for bit as Pillow resizes it: a horizontal pass, then a
 * vertical one, each in fixed point and rounded to 8 bits; or, of `nearest`, pixels as they are. Only what the window needs is
 * computed.
 * @param window inside the resized image
 */
export function resampledWindow(
  pixels: Pixels,
  resized: Size,
  window: Region,
  interpolation: Interpolation,
): Pixels {
  if (interpolation === 'nearest') return nearestWindow(pixels, resized, window);
  const { width, height, left, top } = window;
  const vertical =
    resized.height === pixels.height
      ? null
      : resampleWeights(pixels.height, resized.height, top, height, interpolation);
  const rows = vertical === null ? { from: top, count: height } : rowsOf(vertical);
  const band =
    resized.width === pixels.width
      ? cut(pixels, { left, top: rows.from, width, height: rows.count })
      : horizontalPass(
          pixels,
          rows.from,
          rows.count,
          resampleWeights(pixels.width, resized.width, left, width, interpolation),
        );
  return vertical === null ? band : verticalPass(band, rows.from, vertical);
}

/** The rows that output rows are made of. */
function rowsOf({ first, count }: ResampleWeights): { readonly from: number; readonly count: number } {
  const from = first[0] ?? 0;
  return { from, count: (first.at(-1) ?? 0) + (count.at(-1) ?? 0) - from };
}

function cut(pixels: Pixels, { left, top, width, height }: Region): Pixels {
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    const from = 3 * ((top + y) * pixels.width + left);
    data.set(pixels.data.subarray(from, from + 3 * width), 3 * width * y);
  }
  return { data, width, height };
}

function horizontalPass(pixels: Pixels, top: number, height: number, taps: ResampleWeights): Pixels {
  const { first, count, weights, stride } = taps;
  const width = first.length;
  const source = pixels.data;
  // Its elements clamp to 0…255 what overshoots, as bicubic sums do.
  const data = new Uint8ClampedArray(3 * width * height);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = 3 * (top + y) * pixels.width;
    for (let x = 0; x < width; x++) {
      let at = row + 3 * (first[x] ?? 0);
      let tap = x * stride;
      const end = tap + (count[x] ?? 0);
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      for (; tap < end; tap++, at += 3) {
        const weight = weights[tap] ?? 0;
        red += Math.imul(source[at] ?? 0, weight);
        green += Math.imul(source[at + 1] ?? 0, weight);
        blue += Math.imul(source[at + 2] ?? 0, weight);
      }
      data[to] = red >> WEIGHT_BITS;
      data[to + 1] = green >> WEIGHT_BITS;
      data[to + 2] = blue >> WEIGHT_BITS;
      to += 3;
    }
  }
  return { data, width, height };
}

/** @param top the row of the image that the band begins with */
function verticalPass(band: Pixels, top: number, taps: ResampleWeights): Pixels {
  const { first, count, weights, stride } = taps;
  const height = first.length;
  const length = 3 * band.width;
  const source = band.data;
  const data = new Uint8ClampedArray(length * height);
  const sums = new Int32Array(length);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    const start = (first[y] ?? 0) - top;
    // Row after row, so that memory is walked through in its order.
    for (let tap = 0; tap < (count[y] ?? 0); tap++) {
      const weight = weights[y * stride + tap] ?? 0;
      const row = (start + tap) * length;
      for (let x = 0; x < length; x++) sums[x] = (sums[x] ?? 0) + Math.imul(source[row + x] ?? 0, weight);
    }
    const to = y * length;
    for (let x = 0; x < length; x++) data[to + x] = (sums[x] ?? 0) >> WEIGHT_BITS;
  }
  return { data, width: band.width, height };
}
