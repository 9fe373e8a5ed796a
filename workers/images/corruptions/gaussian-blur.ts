import { type Corruption, perSeverity } from './corruption.js';
import { gaussianBlurred } from './filters/gaussian.js';
import { fromUnit, unitGrid } from './levels.js';

/** Standard deviation in pixels. */
const sigmas = perSeverity(1, 2, 3, 4, 6);

export const gaussianBlur: Corruption = {
  name: 'gaussian_blur',
  apply: (pixels, severity) => fromUnit(gaussianBlurred(unitGrid(pixels), sigmas[severity])),
};
