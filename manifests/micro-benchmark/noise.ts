import type { Random } from './random.js';

/** A smooth random field over [-1, 1]², with values in [0, 1]. */
export type NoiseField = (x: number, y: number) => number;

const cells = 8;

/**
 * Value noise: random numbers on a grid, smoothly interpolated, two octaves.
 * @param frequency grid cells over the picture's width, at most 8
 */
export function valueNoise(random: Random, frequency: number): NoiseField {
  const grid = Float32Array.from({ length: cells * cells }, () => random.next());
  const at = (i: number, j: number): number => grid[(j & (cells - 1)) * cells + (i & (cells - 1))] ?? 0;
  const octave = (x: number, y: number): number => {
    const i = Math.floor(x);
    const j = Math.floor(y);
    const u = ease(x - i);
    const v = ease(y - j);
    const top = at(i, j) + (at(i + 1, j) - at(i, j)) * u;
    const bottom = at(i, j + 1) + (at(i + 1, j + 1) - at(i, j + 1)) * u;
    return top + (bottom - top) * v;
  };
  return (x, y) => {
    const u = ((x + 1) / 2) * frequency;
    const v = ((y + 1) / 2) * frequency;
    return octave(u, v) * 0.68 + octave(u * 2 + 3.1, v * 2 + 5.7) * 0.32;
  };
}

function ease(t: number): number {
  return t * t * (3 - 2 * t);
}
