import { type Corruption, perSeverity } from './corruption.js';
import { fromUnit, unitValues } from './levels.js';

/** Standard deviation of the noise as a part of each pixel. */
const deviations = perSeverity(0.15, 0.2, 0.35, 0.45, 0.6);

export const speckleNoise: Corruption = {
  name: 'speckle_noise',
  apply(pixels, severity, { draws }) {
    const deviation = deviations[severity];
    const values = unitValues(pixels);
    const noise = draws.normals(values.length);
    return fromUnit(values.map((value, at) => value + value * ((noise[at] ?? 0) * deviation)));
  },
};
