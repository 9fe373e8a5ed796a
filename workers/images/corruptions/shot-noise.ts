import { type Corruption, perSeverity } from './corruption.js';
import { fromUnit, unitValues } from './levels.js';

/** Photons that a white pixel gets on average. */
const photons = perSeverity(60, 25, 12, 5, 3);

export const shotNoise: Corruption = {
  name: 'shot_noise',
  apply(pixels, severity, { draws }) {
    const most = photons[severity];
    const counts = draws.counts(unitValues(pixels).map((value) => value * most));
    return fromUnit(counts.map((count) => count / most));
  },
};
