import type { Preprocess } from './preprocess.js';

/**
 * What one unit of ε is per channel in the network's input space. In pixel space ε is a step of the [0, 1]
 * range, which the normalisation divides by the channel's std, as ODIN's code does; in normalised space ε is
 * the step itself.
 * @returns [C]
 */
export function epsilonScale(preprocess: Preprocess, space: 'pixel' | 'normalized'): readonly number[] {
  return preprocess.std.map((std) => (space === 'pixel' ? 1 / std : 1));
}
