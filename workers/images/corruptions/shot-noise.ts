import { type Corruption, perForm } from './corruption.js';
import { fromUnit, unitValues } from './levels.js';

/** Photons that a white pixel gets on average. */
const photonsAt = perForm({
  'imagenet-c': [60, 25, 12, 5, 3],
  'cifar-10-c': [500, 250, 100, 75, 50],
});

export const shotNoise: Corruption = {
  name: 'shot_noise',
  apply(pixels, degree, { draws }) {
    const most = photonsAt(degree);
    const counts = draws.counts(unitValues(pixels).map((value) => value * most));
    return fromUnit(
      counts.map((count) => count / most),
      pixels,
    );
  },
};
