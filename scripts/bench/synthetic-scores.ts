import { philox4x32 } from '../../stages/metrics/philox.js';
import type { ScoreColumns, SplitScores } from '../../stages/metrics/split-scores.js';

/**
 * A split whose columns are windows into one long column of noise, another at every cell: making them costs
 * nothing, so that what is timed is what reads them.
 * @param noise longer than `size`
 * @param first tells sets apart
 */
export function syntheticSplit(set: string, size: number, noise: Float64Array, first: number): SplitScores {
  const windows = noise.length - size;
  const predicted = new Int32Array(size);
  return {
    set,
    size,
    labels: new Int32Array(size).fill(-1),
    idAt: String,
    baseAt: (image) => `${set} ${image}`,
    failed: 0,
    at: ({ epsilon, temperature }): ScoreColumns => {
      const column = (nth: number): Float64Array => {
        const at = (first + 7919 * nth + 104_729 * Math.log2(temperature) + 1e9 * epsilon) % windows;
        return noise.subarray(Math.floor(at), Math.floor(at) + size);
      };
      return { predicted, maxLogit: column(0), logOdds: column(1), logSG: column(2) };
    },
  };
}

/** Sums of four uniform numbers, which look normal enough: mean `center`, standard deviation 1. */
export function noiseColumn(size: number, seed: number, center: number): Float64Array {
  const words = new Uint32Array(4 * size);
  philox4x32(0, 0, 0, 0, [seed, 0], words);
  return Float64Array.from({ length: size }, (_, i) => {
    const sum = [0, 1, 2, 3].reduce((total, word) => total + (words[4 * i + word] ?? 0) / 2 ** 32, 0);
    return (sum - 2) * Math.sqrt(3) + center;
  });
}
