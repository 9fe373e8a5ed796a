import { resampledWindow } from '../resample.js';
import { type Corruption, perForm } from './corruption.js';

/** The side of the small image, as a part of that of the whole. */
const factorAt = perForm({
  'imagenet-c': [0.6, 0.5, 0.4, 0.3, 0.25],
  'cifar-10-c': [0.95, 0.9, 0.85, 0.75, 0.65],
});

export const pixelate: Corruption = {
  name: 'pixelate',
  apply(pixels, degree) {
    const side = Math.floor(pixels.width * factorAt(degree));
    const small = resampledWindow(pixels, ...square(side), 'box');
    return resampledWindow(small, ...square(pixels.width), 'box');
  },
};

/** A size, and all of it as a window. */
function square(side: number) {
  const size = { width: side, height: side };
  return [size, { ...size, left: 0, top: 0 }] as const;
}
