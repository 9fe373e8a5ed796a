import { type Corruption, perSeverity, SIDE } from './corruption.js';
import { plasma } from './filters/plasma.js';
import { fromUnit, unitValues } from './levels.js';

/** How thick it is, and by how much each finer detail of it is weaker. */
const settings = perSeverity(
  { strength: 1.5, decay: 2 },
  { strength: 2, decay: 2 },
  { strength: 2.5, decay: 1.7 },
  { strength: 2.5, decay: 1.5 },
  { strength: 3, decay: 1.4 },
);

/** A power of two that the image fits in. */
const PLASMA_SIDE = 256;

export const fog: Corruption = {
  name: 'fog',
  apply(pixels, severity, { draws }) {
    const { strength, decay } = settings[severity];
    const heights = plasma(PLASMA_SIDE, decay, draws);
    const values = unitValues(pixels);
    const most = values.reduce((largest, value) => Math.max(largest, value), 0);
    return fromUnit(
      values.map((value, at) => {
        const pixel = Math.floor(at / 3);
        const height = heights[Math.floor(pixel / SIDE) * PLASMA_SIDE + (pixel % SIDE)] ?? 0;
        return ((value + strength * height) * most) / (most + strength);
      }),
    );
  },
};
