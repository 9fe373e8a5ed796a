import { type Corruption, perSeverity } from './corruption.js';
import { motionBlurred } from './filters/motion.js';

const settings = perSeverity(
  { radius: 10, sigma: 3 },
  { radius: 15, sigma: 5 },
  { radius: 15, sigma: 8 },
  { radius: 15, sigma: 12 },
  { radius: 20, sigma: 15 },
);

export const motionBlur: Corruption = {
  name: 'motion_blur',
  apply(pixels, severity, { draws }) {
    const [turn = 0] = draws.uniforms(1);
    return { ...pixels, data: motionBlurred(pixels.data, { ...settings[severity], angle: -45 + 90 * turn }) };
  },
};
