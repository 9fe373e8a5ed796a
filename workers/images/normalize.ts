import type { Pixels } from './pixels.js';
import type { Preprocess } from './preprocess.js';

/**
 * Normalises an image: (pixel/255 − mean) / std, every step rounded to float32 as torchvision's ToTensor and Normalize
 * do.
 * @param input memory for the result; new memory where none is given
 * @returns float32 [C, H, W]: of grey images, whose R, G and B are the same, one channel
 */
export function normalized(
  { data, width, height }: Pixels,
  { mean, std }: Preprocess,
  input: Float32Array = new Float32Array(mean.length * width * height),
): Float32Array {
  const plane = width * height;
  const channels = mean.length;
  if (input.length !== channels * plane)
    throw new RangeError(`an image of ${channels * plane} elements does not fit ${input.length}`);
  for (let channel = 0; channel < channels; channel++) {
    const levels = normalizedLevels(mean[channel] ?? 0, std[channel] ?? 1);
    const to = channel * plane;
    for (let at = 0, from = channel; at < plane; at++, from += 3)
      input[to + at] = levels[data[from] ?? 0] ?? 0;
  }
  return input;
}

/** The normalised value of each of the 256 levels of one channel. */
function normalizedLevels(mean: number, std: number): Float32Array {
  const { fround } = Math;
  return Float32Array.from({ length: 256 }, (_, level) =>
    fround(fround(fround(level / 255) - fround(mean)) / fround(std)),
  );
}
