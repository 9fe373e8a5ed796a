import type { Size } from './geometry.js';
import type { Preprocess } from './preprocess.js';

/** 8-bit RGB pixels, row-major, channels interleaved: [H, W, 3]. */
export interface Pixels extends Size {
  readonly data: Uint8Array;
}

/** A part of an image. */
export interface Window extends Size {
  readonly left: number;
  readonly top: number;
}

/**
 * Cuts a window out of an image and normalises it: (pixel/255 − mean) / std, every step rounded to float32 as
 * torchvision's ToTensor and Normalize do.
 * @returns float32 [3, H, W] of the window
 */
export function normalizedWindow(pixels: Pixels, window: Window, preprocess: Preprocess): Float32Array {
  const { width, height, left, top } = window;
  const plane = width * height;
  const input = new Float32Array(3 * plane);
  for (let channel = 0; channel < 3; channel++) {
    const levels = normalizedLevels(preprocess.mean[channel] ?? 0, preprocess.std[channel] ?? 1);
    let to = channel * plane;
    for (let y = 0; y < height; y++) {
      let from = 3 * ((top + y) * pixels.width + left) + channel;
      for (let x = 0; x < width; x++, from += 3) input[to++] = levels[pixels.data[from] ?? 0] ?? 0;
    }
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
