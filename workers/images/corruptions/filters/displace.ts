import { SIDE } from '../corruption.js';
import { borderIndex } from './border.js';

/**
 * Takes each pixel from elsewhere in an image, by straight lines between pixels; what is beyond the image is its reflection,
 * with the pixels at the edge twice (SciPy's `map_coordinates`).
 * @param values [H, W, 3] of `SIDE`×`SIDE`
 * @param across pixels to the right of each pixel, [H, W] @param down pixels below it, [H, W]
 */
export function displaced(values: Float32Array, across: Float32Array, down: Float32Array): Float32Array {
  const result = new Float32Array(values.length);
  for (let pixel = 0; pixel < across.length; pixel++) {
    const x = reflected((pixel % SIDE) + (across[pixel] ?? 0));
    const y = reflected(Math.floor(pixel / SIDE) + (down[pixel] ?? 0));
    const beside = x - Math.floor(x);
    const below = y - Math.floor(y);
    const left = borderIndex(Math.floor(x), SIDE, 'reflect');
    const right = borderIndex(Math.floor(x) + 1, SIDE, 'reflect');
    const top = borderIndex(Math.floor(y), SIDE, 'reflect') * SIDE;
    const bottom = borderIndex(Math.floor(y) + 1, SIDE, 'reflect') * SIDE;
    for (let channel = 0; channel < 3; channel++) {
      const of = (at: number): number => values[3 * at + channel] ?? 0;
      result[3 * pixel + channel] =
        of(top + left) * (1 - below) * (1 - beside) +
        of(top + right) * (1 - below) * beside +
        of(bottom + left) * below * (1 - beside) +
        of(bottom + right) * below * beside;
    }
  }
  return result;
}

/** A place beyond an axis, brought back to within one sample of it. */
function reflected(place: number): number {
  const period = 2 * SIDE;
  if (place < 0) {
    const within = place < -period ? period * Math.floor(-place / period) + place : place;
    return within < -SIDE ? within + period : -within - 1;
  }
  if (place <= SIDE - 1) return place;
  const within = place - period * Math.floor(place / period);
  return within >= SIDE ? period - within - 1 : within;
}
