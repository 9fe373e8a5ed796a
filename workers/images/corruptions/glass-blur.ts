import { type Corruption, perSeverity, SIDE } from './corruption.js';
import { gaussianBlurred } from './filters/gaussian.js';
import { fromUnit, unitGrid } from './levels.js';

/** Standard deviation of the blur before and after, how far pixels come from, and how often. */
const settings = perSeverity(
  { sigma: 0.7, reach: 1, rounds: 2 },
  { sigma: 0.9, reach: 2, rounds: 1 },
  { sigma: 1, reach: 2, rounds: 3 },
  { sigma: 1.1, reach: 3, rounds: 2 },
  { sigma: 1.5, reach: 4, rounds: 2 },
);

export const glassBlur: Corruption = {
  name: 'glass_blur',
  apply(pixels, severity, { draws }) {
    const { sigma, reach, rounds } = settings[severity];
    const { data } = fromUnit(gaussianBlurred(unitGrid(pixels), sigma));
    for (let round = 0; round < rounds; round++) {
      const side = SIDE - 2 * reach;
      // Of each pixel the step to the right, then the one down: from −reach to reach − 1.
      const steps = draws.uniforms(2 * side * side);
      let drawn = 0;
      for (let y = SIDE - reach; y > reach; y--)
        for (let x = SIDE - reach; x > reach; x--) {
          const right = Math.floor((steps[drawn++] ?? 0) * 2 * reach) - reach;
          const down = Math.floor((steps[drawn++] ?? 0) * 2 * reach) - reach;
          // The published loop means to swap two pixels, but what it swaps are views of them: the first takes the other's
          // colour, and the other then its own.
          const from = 3 * ((y + down) * SIDE + x + right);
          data.copyWithin(3 * (y * SIDE + x), from, from + 3);
        }
    }
    const shuffled = { data, width: SIDE, height: SIDE };
    return fromUnit(gaussianBlurred(unitGrid(shuffled), sigma));
  },
};
