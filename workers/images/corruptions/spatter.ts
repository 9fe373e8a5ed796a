import type { Size } from '../geometry.js';
import type { Pixels } from '../pixels.js';
import { type Corruption, perForm } from './corruption.js';
import { chamferDistances } from './filters/distance.js';
import { cannyEdges } from './filters/edges.js';
import { gaussianBlurred } from './filters/gaussian.js';
import { boxKernel, equalized, weighedNeighbours } from './filters/three-by-three.js';
import { fromUnit, singleUnitValues } from './levels.js';

/** Mean, deviation and blur of the noise that is liquid where it is above a threshold; how strong water is, or mud's blur. */
const settingsAt = perForm({
  'imagenet-c': [
    { mean: 0.65, deviation: 0.3, sigma: 4, threshold: 0.69, of: 'water', strength: 0.6 },
    { mean: 0.65, deviation: 0.3, sigma: 3, threshold: 0.68, of: 'water', strength: 0.6 },
    { mean: 0.65, deviation: 0.3, sigma: 2, threshold: 0.68, of: 'water', strength: 0.5 },
    { mean: 0.65, deviation: 0.3, sigma: 1, threshold: 0.65, of: 'mud', strength: 1.5 },
    { mean: 0.67, deviation: 0.4, sigma: 1, threshold: 0.65, of: 'mud', strength: 1.5 },
  ],
  'cifar-10-c': [
    { mean: 0.62, deviation: 0.1, sigma: 0.7, threshold: 0.7, of: 'water', strength: 0.5 },
    { mean: 0.65, deviation: 0.1, sigma: 0.8, threshold: 0.7, of: 'water', strength: 0.5 },
    { mean: 0.65, deviation: 0.3, sigma: 1, threshold: 0.69, of: 'water', strength: 0.5 },
    { mean: 0.65, deviation: 0.1, sigma: 0.7, threshold: 0.69, of: 'mud', strength: 0.6 },
    { mean: 0.65, deviation: 0.1, sigma: 0.5, threshold: 0.68, of: 'mud', strength: 0.6 },
  ],
});

/** Turquoise. */
const waterLevels = [175, 238, 238] as const;
/** Brown. */
const mudLevels = [63, 42, 20] as const;

export const spatter: Corruption = {
  name: 'spatter',
  apply(pixels, degree, { draws }) {
    const { mean, deviation, sigma, threshold, of, strength } = settingsAt(degree);
    const { width, height } = pixels;
    const noise = draws.normals(width * height).map((normal) => mean + deviation * normal);
    const liquid = gaussianBlurred(plane(noise, pixels), sigma).map((value) =>
      value < threshold ? 0 : value,
    );
    return of === 'water'
      ? withWater(pixels, liquid, strength)
      : withMud(pixels, liquid, threshold, strength);
  },
};

function plane<Values extends Float64Array | Float32Array>(values: Values, { width, height }: Size) {
  return { values, width, height, channels: 1 };
}

/** Drops that shine by how near their edges are. */
function withWater(pixels: Pixels, liquid: Float64Array, strength: number): Pixels {
  const { fround } = Math;
  const { width, height } = pixels;
  const drops = new Uint8Array(liquid.map((value) => value * 255));
  const edges = cannyEdges({ levels: drops, width, height }, 50, 150);
  const distances = chamferDistances(edges, width, height).map((distance) => Math.min(distance, 20));
  const around = new Uint8Array(
    weighedNeighbours(distances, width, height, boxKernel).map((sum) => fround(sum * (1 / 9))),
  );
  const relief = new Uint8ClampedArray(
    weighedNeighbours(equalized(around), width, height, [-2, -1, 0, -1, 1, 1, 0, 1, 2]),
  );
  const smooth = weighedNeighbours(new Uint8Array(relief), width, height, boxKernel).map((sum) =>
    Math.round(sum / 9),
  );
  const water = smooth.map((shine, at) => shine * (drops[at] ?? 0));
  const most = water.reduce((a, b) => Math.max(a, b), 0);
  // Noise without a drop, which the definition would divide by zero.
  if (most === 0) return pixels;
  const colours = waterLevels.map((level) => fround(level / 255));
  return fromUnit(
    singleUnitValues(pixels).map((value, at) => {
      const shine = fround(fround((water[Math.floor(at / 3)] ?? 0) / most) * fround(strength));
      return value + fround(shine * (colours[at % 3] ?? 0));
    }),
    pixels,
  );
}

/** Splashes that cover what is below them. */
function withMud(pixels: Pixels, liquid: Float64Array, threshold: number, sigma: number): Pixels {
  const { fround } = Math;
  const splashes = new Float32Array(liquid.map((value) => (value > threshold ? 1 : 0)));
  const cover = gaussianBlurred(plane(splashes, pixels), sigma).map((value) => (value < 0.8 ? 0 : value));
  const colours = mudLevels.map((level) => fround(level / 255));
  return fromUnit(
    singleUnitValues(pixels).map((value, at) => {
      const covered = cover[Math.floor(at / 3)] ?? 0;
      return fround(value * fround(1 - covered)) + fround((colours[at % 3] ?? 0) * covered);
    }),
    pixels,
  );
}
