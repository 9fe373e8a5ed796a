import { resampledWindow } from '../resample.js';
import { type Corruption, perSeverity, SIDE } from './corruption.js';

/** The side of the small image, as a part of that of the whole. */
const factors = perSeverity(0.6, 0.5, 0.4, 0.3, 0.25);

export const pixelate: Corruption = {
  name: 'pixelate',
  apply(pixels, severity) {
    const side = Math.floor(SIDE * factors[severity]);
    const small = resampledWindow(pixels, ...square(side), 'box');
    return resampledWindow(small, ...square(SIDE), 'box');
  },
};

/** A size, and all of it as a window. */
function square(side: number) {
  const size = { width: side, height: side };
  return [size, { ...size, left: 0, top: 0 }] as const;
}
