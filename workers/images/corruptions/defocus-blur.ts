import { type Corruption, perSeverity, SIDE } from './corruption.js';
import { softDisc, weighedBy } from './filters/disc.js';
import { fromUnit, unitValues } from './levels.js';

const kernels = perSeverity(
  { radius: 3, softness: 0.1 },
  { radius: 4, softness: 0.5 },
  { radius: 6, softness: 0.5 },
  { radius: 8, softness: 0.5 },
  { radius: 10, softness: 0.5 },
);

export const defocusBlur: Corruption = {
  name: 'defocus_blur',
  apply(pixels, severity) {
    const { radius, softness } = kernels[severity];
    return fromUnit(weighedBy(softDisc(radius, softness), unitValues(pixels), SIDE, SIDE));
  },
};
