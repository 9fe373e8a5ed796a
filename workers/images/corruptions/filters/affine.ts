import { SIDE } from '../corruption.js';
import { borderIndex } from './border.js';

/** A point of an image: x to the right, y down. */
export type Point = readonly [x: number, y: number];

/** Places are rounded to 1/1024 and then to 1/32 of a pixel. */
const FINE_BITS = 10;
const COARSE_BITS = 5;
const FINE = 1 << FINE_BITS;
const COARSE = 1 << COARSE_BITS;

/**
 * Moves an image so that three points go to three others, by straight lines between pixels and with OpenCV's fixed-point
 * places; what is beyond the image is its reflection.
 * @param values [H, W, 3] of `SIDE`×`SIDE`
 */
export function movedByPoints(
  values: Float32Array,
  from: readonly [Point, Point, Point],
  to: readonly [Point, Point, Point],
): Float32Array {
  const { fround } = Math;
  const [across, down] = inverseOf(from, to);
  const result = new Float32Array(values.length);
  const half = FINE / COARSE / 2;
  let at = 0;
  for (let y = 0; y < SIDE; y++) {
    const startX = rounded((across[1] * y + across[2]) * FINE) + half;
    const startY = rounded((down[1] * y + down[2]) * FINE) + half;
    for (let x = 0; x < SIDE; x++) {
      const placeX = (startX + rounded(across[0] * x * FINE)) >> (FINE_BITS - COARSE_BITS);
      const placeY = (startY + rounded(down[0] * x * FINE)) >> (FINE_BITS - COARSE_BITS);
      const beside = (placeX & (COARSE - 1)) / COARSE;
      const below = (placeY & (COARSE - 1)) / COARSE;
      const left = borderIndex(placeX >> COARSE_BITS, SIDE, 'reflect-101');
      const right = borderIndex((placeX >> COARSE_BITS) + 1, SIDE, 'reflect-101');
      const top = borderIndex(placeY >> COARSE_BITS, SIDE, 'reflect-101') * SIDE;
      const bottom = borderIndex((placeY >> COARSE_BITS) + 1, SIDE, 'reflect-101') * SIDE;
      for (let channel = 0; channel < 3; channel++, at++) {
        const sum = fround(
          fround((values[(top + left) * 3 + channel] ?? 0) * (1 - below) * (1 - beside)) +
            fround((values[(top + right) * 3 + channel] ?? 0) * (1 - below) * beside),
        );
        const three = fround(
          sum + fround((values[(bottom + left) * 3 + channel] ?? 0) * below * (1 - beside)),
        );
        result[at] = three + fround((values[(bottom + right) * 3 + channel] ?? 0) * below * beside);
      }
    }
  }
  return result;
}

/** One row of an affine map: a·x + b·y + c. */
type Row = readonly [a: number, b: number, c: number];

/** The affine map that takes three points back: its x and its y. */
function inverseOf(
  from: readonly [Point, Point, Point],
  to: readonly [Point, Point, Point],
): readonly [Row, Row] {
  const [[x0, y0], [x1, y1], [x2, y2]] = to;
  const determinant = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0);
  const rowOf = (axis: 0 | 1): Row => {
    const [first, second, third] = [from[0][axis], from[1][axis], from[2][axis]];
    const a = ((second - first) * (y2 - y0) - (third - first) * (y1 - y0)) / determinant;
    const b = ((third - first) * (x1 - x0) - (second - first) * (x2 - x0)) / determinant;
    return [a, b, first - a * x0 - b * y0];
  };
  return [rowOf(0), rowOf(1)];
}

/** Halves go to the even neighbour. */
function rounded(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
}
