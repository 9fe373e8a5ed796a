import { type Corruption, perForm } from './corruption.js';
import type { Draws } from './draws.js';
import { movedByPoints, type Point } from './filters/affine.js';
import { displaced } from './filters/displace.js';
import { gaussianBlurred } from './filters/gaussian.js';
import { fromUnit, singleUnitValues } from './levels.js';

/** Of ImageNet-C this is not the image's side: the published definition has 244. */
const UNIT = 244;
const SMALL = 32;

/** Pixels: how strong displacements are before they are blurred, the blur's σ, and how far corners move. */
const settingsAt = perForm({
  'imagenet-c': [
    { strength: UNIT * 2, sigma: UNIT * 0.7, shift: UNIT * 0.1 },
    { strength: UNIT * 2, sigma: UNIT * 0.08, shift: UNIT * 0.2 },
    { strength: UNIT * 0.05, sigma: UNIT * 0.01, shift: UNIT * 0.02 },
    { strength: UNIT * 0.07, sigma: UNIT * 0.01, shift: UNIT * 0.02 },
    { strength: UNIT * 0.12, sigma: UNIT * 0.01, shift: UNIT * 0.02 },
  ],
  'cifar-10-c': [
    { strength: 0, sigma: 0, shift: SMALL * 0.08 },
    { strength: SMALL * 0.05, sigma: SMALL * 0.2, shift: SMALL * 0.07 },
    { strength: SMALL * 0.08, sigma: SMALL * 0.06, shift: SMALL * 0.06 },
    { strength: SMALL * 0.1, sigma: SMALL * 0.04, shift: SMALL * 0.05 },
    { strength: SMALL * 0.1, sigma: SMALL * 0.03, shift: SMALL * 0.03 },
  ],
});

export const elasticTransform: Corruption = {
  name: 'elastic_transform',
  apply(pixels, degree, { draws }) {
    const { strength, sigma, shift } = settingsAt(degree);
    const { width: side } = pixels;
    const corners = cornersOf(side);
    const offsets = draws.uniforms(6).map((uniform) => Math.fround(-shift + 2 * shift * uniform));
    const moved = (corner: 0 | 1 | 2): Point => {
      const [x, y] = corners[corner];
      return [Math.fround(x + (offsets[2 * corner] ?? 0)), Math.fround(y + (offsets[2 * corner + 1] ?? 0))];
    };
    const values = movedByPoints(singleUnitValues(pixels), side, corners, [moved(0), moved(1), moved(2)]);
    const across = smoothField(draws, side, strength, sigma);
    const down = smoothField(draws, side, strength, sigma);
    return fromUnit(displaced(values, side, across, down), pixels);
  },
};

/** Three points about the middle. */
function cornersOf(side: number): readonly [Point, Point, Point] {
  const reach = Math.floor(side / 3);
  const [near, far] = [side / 2 - reach, side / 2 + reach];
  return [
    [far, far],
    [far, near],
    [near, near],
  ];
}

/** A displacement of each pixel, [side, side]. */
function smoothField(draws: Draws, side: number, strength: number, sigma: number): Float32Array {
  const values = draws.uniforms(side * side).map((uniform) => -1 + 2 * uniform);
  const field = { values, width: side, height: side, channels: 1 };
  const smooth = gaussianBlurred(field, sigma, { border: 'reflect', truncate: 3 });
  return new Float32Array(smooth.map((value) => value * strength));
}
