import type { Pixels } from '../pixels.js';
import { type Corruption, perSeverity, SIDE } from './corruption.js';
import { chamferDistances } from './filters/distance.js';
import { cannyEdges } from './filters/edges.js';
import { gaussianBlurred } from './filters/gaussian.js';
import { boxKernel, equalized, weighedNeighbours } from './filters/three-by-three.js';
import { fromUnit, singleUnitValues } from './levels.js';

/** Mean, deviation and blur of the noise that is liquid where it is above a threshold; how strong water is, or mud's blur. */
const settings = perSeverity(
  { mean: 0.65, deviation: 0.3, sigma: 4, threshold: 0.69, of: 'water', strength: 0.6 },
  { mean: 0.65, deviation: 0.3, sigma: 3, threshold: 0.68, of: 'water', strength: 0.6 },
  { mean: 0.65, deviation: 0.3, sigma: 2, threshold: 0.68, of: 'water', strength: 0.5 },
  { mean: 0.65, deviation: 0.3, sigma: 1, threshold: 0.65, of: 'mud', strength: 1.5 },
  { mean: 0.67, deviation: 0.4, sigma: 1, threshold: 0.65, of: 'mud', strength: 1.5 },
);

/** Turquoise. */
const waterLevels = [175, 238, 238] as const;
/** Brown. */
const mudLevels = [63, 42, 20] as const;

export const spatter: Corruption = {
  name: 'spatter',
  apply(pixels, severity, { draws }) {
    const { mean, deviation, sigma, threshold, of, strength } = settings[severity];
    const noise = draws.normals(SIDE * SIDE).map((normal) => mean + deviation * normal);
    const liquid = gaussianBlurred(plane(noise), sigma).map((value) => (value < threshold ? 0 : value));
    return of === 'water'
      ? withWater(pixels, liquid, strength)
      : withMud(pixels, liquid, threshold, strength);
  },
};

function plane<Values extends Float64Array | Float32Array>(values: Values) {
  return { values, width: SIDE, height: SIDE, channels: 1 };
}

/** Drops that shine by how near their edges are. */
function withWater(pixels: Pixels, liquid: Float64Array, strength: number): Pixels {
  const { fround } = Math;
  const drops = new Uint8Array(liquid.map((value) => value * 255));
  const edges = cannyEdges({ levels: drops, width: SIDE, height: SIDE }, 50, 150);
  const distances = chamferDistances(edges, SIDE, SIDE).map((distance) => Math.min(distance, 20));
  const around = new Uint8Array(
    weighedNeighbours(distances, SIDE, SIDE, boxKernel).map((sum) => fround(sum * (1 / 9))),
  );
  const relief = new Uint8ClampedArray(
    weighedNeighbours(equalized(around), SIDE, SIDE, [-2, -1, 0, -1, 1, 1, 0, 1, 2]),
  );
  const smooth = weighedNeighbours(new Uint8Array(relief), SIDE, SIDE, boxKernel).map((sum) =>
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
  );
}

/** Splashes that cover what is below them. */
function withMud(pixels: Pixels, liquid: Float64Array, threshold: number, sigma: number): Pixels {
  const { fround } = Math;
  const splashes = new Float32Array(liquid.map((value) => (value > threshold ? 1 : 0)));
  const cover = gaussianBlurred(plane(splashes), sigma).map((value) => (value < 0.8 ? 0 : value));
  const colours = mudLevels.map((level) => fround(level / 255));
  return fromUnit(
    singleUnitValues(pixels).map((value, at) => {
      const covered = cover[Math.floor(at / 3)] ?? 0;
      return fround(value * fround(1 - covered)) + fround((colours[at % 3] ?? 0) * covered);
    }),
  );
}
