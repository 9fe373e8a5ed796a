import type { Pixels } from './pixels.js';

/**
 * Makes an image grey as Pillow's `convert("L")` does, with the weights of ITU-R 601 in 16 bits, and keeps it as RGB: its
 * R, G and B are the grey level. Grey images stay as they are.
 * @param pixels the image, which is changed
 */
export function greyPixels(pixels: Pixels): Pixels {
  const { data } = pixels;
  for (let at = 0; at < data.length; at += 3) {
    const sum = 19595 * (data[at] ?? 0) + 38470 * (data[at + 1] ?? 0) + 7471 * (data[at + 2] ?? 0);
    data.fill((sum + 0x8000) >> 16, at, at + 3);
  }
  return pixels;
}
