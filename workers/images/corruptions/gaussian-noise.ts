import { type Corruption, perSeverity } from './corruption.js';
import { fromUnit, unitValues } from './levels.js';

/** Standard deviation of the noise, of pixels from 0 to 1. */
const deviations = perSeverity(0.08, 0.12, 0.18, 0.26, 0.38);

export const gaussianNoise: Corruption = {
  name: 'gaussian_noise',
  apply(pixels, severity, { draws }) {
    const deviation = deviations[severity];
    const values = unitValues(pixels);
    const noise = draws.normals(values.length);
    return fromUnit(values.map((value, at) => value + (noise[at] ?? 0) * deviation));
  },
};
