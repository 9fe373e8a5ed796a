import type { Draws } from '../draws.js';

/**
 * Heights of a fractal landscape that goes on beyond its edges as on a torus, from 0 to 1: each round halves the step
 * between known points, at first in the middles of squares, then in those of diamonds.
 * @param side a power of two
 * @param decay by what deviations are divided from round to round
 * @returns [side, side]
 */
export function plasma(side: number, decay: number, draws: Draws): Float64Array {
  const heights = new Float64Array(side * side);
  const wrapped = (at: number): number => (at + side) % side;
  const of = (y: number, x: number): number => heights[wrapped(y) * side + wrapped(x)] ?? 0;
  let wibble = 100;
  for (let step = side; step >= 2; step /= 2, wibble /= decay) {
    const half = step / 2;
    const put = (top: number, left: number, total: (y: number, x: number) => number): void => {
      const deviations = draws.uniforms((side / step) ** 2);
      let drawn = 0;
      for (let y = top; y < side; y += step)
        for (let x = left; x < side; x += step) {
          const deviation = -wibble + 2 * wibble * (deviations[drawn++] ?? 0);
          heights[y * side + x] = total(y, x) / 4 + wibble * deviation;
        }
    };
    put(
      half,
      half,
      (y, x) =>
        of(y - half, x - half) + of(y + half, x - half) + (of(y - half, x + half) + of(y + half, x + half)),
    );
    const ofDiamond = (y: number, x: number): number =>
      of(y + half, x) + of(y - half, x) + (of(y, x - half) + of(y, x + half));
    put(0, half, ofDiamond);
    put(half, 0, (y, x) => of(y, x + half) + of(y, x - half) + (of(y - half, x) + of(y + half, x)));
  }
  const least = heights.reduce((a, b) => Math.min(a, b), Infinity);
  const range = heights.reduce((a, b) => Math.max(a, b), -Infinity) - least;
  return heights.map((height) => (height - least) / range);
}
