import { type Corruption, perForm } from './corruption.js';
import { gaussianBlurred } from './filters/gaussian.js';
import { fromUnit, unitGrid } from './levels.js';

/** Standard deviation in pixels. */
const sigmaAt = perForm({
  'imagenet-c': [1, 2, 3, 4, 6],
  'cifar-10-c': [0.4, 0.6, 0.7, 0.8, 1],
});

export const gaussianBlur: Corruption = {
  name: 'gaussian_blur',
  apply: (pixels, degree) => fromUnit(gaussianBlurred(unitGrid(pixels), sigmaAt(degree)), pixels),
};
