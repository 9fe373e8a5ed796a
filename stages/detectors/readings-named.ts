import { detectorNamed } from './index.js';
import type { LogitReading, ReadingName } from './logit-readings.js';

/**
 * The readings of logits by their names.
 * @throws UnknownDetectorError for a detector that there is not
 * @throws RangeError for one that reads no logits
 */
export function readingsNamed(names: readonly ReadingName[]): readonly LogitReading[] {
  return names.map(({ detector, temperature }) => {
    const read = detectorNamed(detector).ofLogits;
    if (read === undefined) throw new RangeError(`detector "${detector}" reads no logits`);
    return { detector, temperature, read };
  });
}
