import { type Corruption, perForm } from './corruption.js';
import { fromUnit, unitValues } from './levels.js';

/** Standard deviation of the noise as a part of each pixel. */
const deviationAt = perForm({
  'imagenet-c': [0.15, 0.2, 0.35, 0.45, 0.6],
  'cifar-10-c': [0.06, 0.1, 0.12, 0.16, 0.2],
});

export const speckleNoise: Corruption = {
  name: 'speckle_noise',
  apply(pixels, degree, { draws }) {
    const deviation = deviationAt(degree);
    const values = unitValues(pixels);
    const noise = draws.normals(values.length);
    return fromUnit(
      values.map((value, at) => value + value * ((noise[at] ?? 0) * deviation)),
      pixels,
    );
  },
};
