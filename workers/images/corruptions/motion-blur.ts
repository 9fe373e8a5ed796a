import { type Corruption, perForm } from './corruption.js';
import { motionBlurred } from './filters/motion.js';

const settingsAt = perForm({
  'imagenet-c': [
    { radius: 10, sigma: 3 },
    { radius: 15, sigma: 5 },
    { radius: 15, sigma: 8 },
    { radius: 15, sigma: 12 },
    { radius: 20, sigma: 15 },
  ],
  'cifar-10-c': [
    { radius: 6, sigma: 1 },
    { radius: 6, sigma: 1.5 },
    { radius: 6, sigma: 2 },
    { radius: 8, sigma: 2 },
    { radius: 9, sigma: 2.5 },
  ],
});

export const motionBlur: Corruption = {
  name: 'motion_blur',
  apply(pixels, degree, { draws }) {
    const [turn = 0] = draws.uniforms(1);
    const motion = { ...settingsAt(degree), angle: -45 + 90 * turn };
    return { ...pixels, data: motionBlurred(pixels.data, pixels.width, motion) };
  },
};
