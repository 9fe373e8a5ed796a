import { type Corruption, perForm } from './corruption.js';
import { gaussianBlurred } from './filters/gaussian.js';
import { fromUnit, unitGrid } from './levels.js';

/** Standard deviation of the blur before and after, how far pixels come from, and how often. */
const settingsAt = perForm({
  'imagenet-c': [
    { sigma: 0.7, reach: 1, rounds: 2 },
    { sigma: 0.9, reach: 2, rounds: 1 },
    { sigma: 1, reach: 2, rounds: 3 },
    { sigma: 1.1, reach: 3, rounds: 2 },
    { sigma: 1.5, reach: 4, rounds: 2 },
  ],
  'cifar-10-c': [
    { sigma: 0.05, reach: 1, rounds: 1 },
    { sigma: 0.25, reach: 1, rounds: 1 },
    { sigma: 0.4, reach: 1, rounds: 1 },
    { sigma: 0.25, reach: 1, rounds: 2 },
    { sigma: 0.4, reach: 1, rounds: 2 },
  ],
});

export const glassBlur: Corruption = {
  name: 'glass_blur',
  apply(pixels, degree, { draws }) {
    const { sigma, reach, rounds } = settingsAt(degree);
    const { width: side } = pixels;
    const { data } = fromUnit(gaussianBlurred(unitGrid(pixels), sigma), pixels);
    for (let round = 0; round < rounds; round++) {
      // Of each pixel the step to the right, then the one down: from −reach to reach − 1.
      const steps = draws.uniforms(2 * (side - 2 * reach) ** 2);
      let drawn = 0;
      for (let y = side - reach; y > reach; y--)
        for (let x = side - reach; x > reach; x--) {
          const right = Math.floor((steps[drawn++] ?? 0) * 2 * reach) - reach;
          const down = Math.floor((steps[drawn++] ?? 0) * 2 * reach) - reach;
          // The published loop means to swap two pixels, but what it swaps are views of them: the first takes the other's
          // colour, and the other then its own.
          const from = 3 * ((y + down) * side + x + right);
          data.copyWithin(3 * (y * side + x), from, from + 3);
        }
    }
    return fromUnit(gaussianBlurred(unitGrid({ ...pixels, data }), sigma), pixels);
  },
};
