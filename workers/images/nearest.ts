import type { Size } from './geometry.js';
import type { Pixels, Region } from './pixels.js';

/**
 * A window of an image that is resized to the given size by taking pixels as they are, those that Pillow takes
 * (`ImagingScaleAffine` of its Geometry.c).
 * @param window inside the resized image
 */
export function nearestWindow(pixels: Pixels, resized: Size, window: Region): Pixels {
  const { width, height, left, top } = window;
  const columns = taken(pixels.width, resized.width, left, width);
  const rows = taken(pixels.height, resized.height, top, height);
  const data = new Uint8Array(3 * width * height);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = (rows[y] ?? 0) * pixels.width;
    for (let x = 0; x < width; x++, to += 3) {
      const from = 3 * (row + (columns[x] ?? 0));
      data[to] = pixels.data[from] ?? 0;
      data[to + 1] = pixels.data[from + 1] ?? 0;
      data[to + 2] = pixels.data[from + 2] ?? 0;
    }
  }
  return { data, width, height };
}

/** Sides beyond are those of no image that Pillow could resize to. */
const LONGEST = 2 ** 24;

/**
 * Which sample of an axis each sample of a part of the resized one is. The place is added up, as Pillow does, and not
 * multiplied: sums round otherwise where it falls on a border between two samples.
 */
function taken(input: number, output: number, from: number, length: number): Int32Array {
  const scale = input / output;
  let place = scale * 0.5;
  if (output > LONGEST) place += from * scale;
  else for (let at = 0; at < from; at++) place += scale;
  const samples = new Int32Array(length);
  for (let at = 0; at < length; at++, place += scale) samples[at] = Math.min(input - 1, Math.trunc(place));
  return samples;
}
