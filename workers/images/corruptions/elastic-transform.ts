import { type Corruption, perSeverity, SIDE } from './corruption.js';
import type { Draws } from './draws.js';
import { movedByPoints, type Point } from './filters/affine.js';
import { displaced } from './filters/displace.js';
import { gaussianBlurred } from './filters/gaussian.js';
import { fromUnit, singleUnitValues } from './levels.js';

/** Not the image's side: the published definition has 244 here. */
const UNIT = 244;

/** Pixels: how strong displacements are before they are blurred, the blur's σ, and how far corners move. */
const settings = perSeverity(
  { strength: UNIT * 2, sigma: UNIT * 0.7, shift: UNIT * 0.1 },
  { strength: UNIT * 2, sigma: UNIT * 0.08, shift: UNIT * 0.2 },
  { strength: UNIT * 0.05, sigma: UNIT * 0.01, shift: UNIT * 0.02 },
  { strength: UNIT * 0.07, sigma: UNIT * 0.01, shift: UNIT * 0.02 },
  { strength: UNIT * 0.12, sigma: UNIT * 0.01, shift: UNIT * 0.02 },
);

const [near, far] = [SIDE / 2 - Math.floor(SIDE / 3), SIDE / 2 + Math.floor(SIDE / 3)];
const corners: readonly [Point, Point, Point] = [
  [far, far],
  [far, near],
  [near, near],
];

export const elasticTransform: Corruption = {
  name: 'elastic_transform',
  apply(pixels, severity, { draws }) {
    const { strength, sigma, shift } = settings[severity];
    const offsets = draws.uniforms(6).map((uniform) => Math.fround(-shift + 2 * shift * uniform));
    const moved = (corner: 0 | 1 | 2): Point => {
      const [x, y] = corners[corner];
      return [Math.fround(x + (offsets[2 * corner] ?? 0)), Math.fround(y + (offsets[2 * corner + 1] ?? 0))];
    };
    const values = movedByPoints(singleUnitValues(pixels), corners, [moved(0), moved(1), moved(2)]);
    const across = smoothField(draws, strength, sigma);
    const down = smoothField(draws, strength, sigma);
    return fromUnit(displaced(values, across, down));
  },
};

/** A displacement of each pixel, [H, W]. */
function smoothField(draws: Draws, strength: number, sigma: number): Float32Array {
  const values = draws.uniforms(SIDE * SIDE).map((uniform) => -1 + 2 * uniform);
  const field = { values, width: SIDE, height: SIDE, channels: 1 };
  const smooth = gaussianBlurred(field, sigma, { border: 'reflect', truncate: 3 });
  return new Float32Array(smooth.map((value) => value * strength));
}
