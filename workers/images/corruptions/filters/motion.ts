import { SIDE } from '../corruption.js';
import { borderIndex } from './border.js';

/** How an image is smeared: one half of a Gaussian along a line. */
export interface Motion {
  /** Pixels: the kernel has twice as many taps, and one. */
  readonly radius: number;
  /** Standard deviation in pixels. */
  readonly sigma: number;
  /** Degrees, clockwise from the right. */
  readonly angle: number;
}

/**
 * Smears an image as ImageMagick's motion blur does: sums over 16-bit samples, which are rounded, and
 * then cut to 8 bits, as its PNG files of 8 bits are.
 * @param levels [H, W, C] of `SIDE`×`SIDE`
 */
export function motionBlurred(
  levels: Uint8Array | Uint8ClampedArray,
  { radius, sigma, angle }: Motion,
): Uint8Array {
  const channels = levels.length / (SIDE * SIDE);
  const length = 2 * Math.ceil(radius) + 1;
  const weights = Float64Array.from({ length }, (_, i) => Math.exp((-i * i) / (2 * sigma * sigma)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const radians = (angle * Math.PI) / 180;
  const [right, down] = [Math.cos(radians), Math.sin(radians)];
  const sums = new Float64Array(levels.length);
  for (let tap = 0; tap < length; tap++) {
    const weight = (weights[tap] ?? 0) / total;
    const columns = Int32Array.from(
      { length: SIDE },
      (_, x) => channels * borderIndex(x + Math.ceil(tap * right - 0.5), SIDE, 'nearest'),
    );
    const rowStep = Math.ceil(tap * down - 0.5);
    for (let y = 0; y < SIDE; y++) {
      const from = borderIndex(y + rowStep, SIDE, 'nearest') * SIDE * channels;
      let to = y * SIDE * channels;
      for (let x = 0; x < SIDE; x++) {
        const at = from + (columns[x] ?? 0);
        for (let channel = 0; channel < channels; channel++, to++)
          sums[to] = (sums[to] ?? 0) + weight * (257 * (levels[at + channel] ?? 0));
      }
    }
  }
  return new Uint8Array(sums.map((sum) => Math.floor(sum + 0.5) / 257));
}
