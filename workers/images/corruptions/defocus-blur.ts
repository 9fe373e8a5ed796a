import { type Corruption, perForm } from './corruption.js';
import { softDisc, weighedBy } from './filters/disc.js';
import { fromUnit, unitValues } from './levels.js';

const kernelAt = perForm({
  'imagenet-c': [
    { radius: 3, softness: 0.1 },
    { radius: 4, softness: 0.5 },
    { radius: 6, softness: 0.5 },
    { radius: 8, softness: 0.5 },
    { radius: 10, softness: 0.5 },
  ],
  'cifar-10-c': [
    { radius: 0.3, softness: 0.4 },
    { radius: 0.4, softness: 0.5 },
    { radius: 0.5, softness: 0.6 },
    { radius: 1, softness: 0.2 },
    { radius: 1.5, softness: 0.1 },
  ],
});

export const defocusBlur: Corruption = {
  name: 'defocus_blur',
  apply(pixels, degree) {
    const { radius, softness } = kernelAt(degree);
    return fromUnit(
      weighedBy(softDisc(radius, softness), unitValues(pixels), pixels.width, pixels.height),
      pixels,
    );
  },
};
