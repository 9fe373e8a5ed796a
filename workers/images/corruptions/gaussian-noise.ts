import { type Corruption, perForm } from './corruption.js';
import { fromUnit, unitValues } from './levels.js';

/** Standard deviation of the noise, of pixels from 0 to 1. */
const deviationAt = perForm({
  'imagenet-c': [0.08, 0.12, 0.18, 0.26, 0.38],
  'cifar-10-c': [0.04, 0.06, 0.08, 0.09, 0.1],
});

export const gaussianNoise: Corruption = {
  name: 'gaussian_noise',
  apply(pixels, degree, { draws }) {
    const deviation = deviationAt(degree);
    const values = unitValues(pixels);
    const noise = draws.normals(values.length);
    return fromUnit(
      values.map((value, at) => value + (noise[at] ?? 0) * deviation),
      pixels,
    );
  },
};
