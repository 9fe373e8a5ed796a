import { type Corruption, perForm } from './corruption.js';
import { plasma } from './filters/plasma.js';
import { fromUnit, unitValues } from './levels.js';

/** How thick it is, and by how much each finer detail of it is weaker. */
const settingsAt = perForm({
  'imagenet-c': [
    { strength: 1.5, decay: 2 },
    { strength: 2, decay: 2 },
    { strength: 2.5, decay: 1.7 },
    { strength: 2.5, decay: 1.5 },
    { strength: 3, decay: 1.4 },
  ],
  'cifar-10-c': [
    { strength: 0.2, decay: 3 },
    { strength: 0.5, decay: 3 },
    { strength: 0.75, decay: 2.5 },
    { strength: 1, decay: 2 },
    { strength: 1.5, decay: 1.75 },
  ],
});

/** Powers of two that the image fits in. */
const plasmaSides = { 'imagenet-c': 256, 'cifar-10-c': 32 } as const;

export const fog: Corruption = {
  name: 'fog',
  apply(pixels, degree, { draws }) {
    const { strength, decay } = settingsAt(degree);
    const side = plasmaSides[degree.form];
    const heights = plasma(side, decay, draws);
    const values = unitValues(pixels);
    const most = values.reduce((largest, value) => Math.max(largest, value), 0);
    return fromUnit(
      values.map((value, at) => {
        const pixel = Math.floor(at / 3);
        const height = heights[Math.floor(pixel / pixels.width) * side + (pixel % pixels.width)] ?? 0;
        return ((value + strength * height) * most) / (most + strength);
      }),
      pixels,
    );
  },
};
