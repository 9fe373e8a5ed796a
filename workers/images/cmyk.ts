import type { Size } from './geometry.js';
import type { Pixels } from './pixels.js';

/**
 * Inks as Pillow turns them into colours, without a profile: each of R, G, B is what the black leaves, less the ink's
 * share of it (`cmyk2rgb` of its Convert.c, in the same integers).
 * @param inks [H, W, channels], of which the first four are C, M, Y, K; 255 is full ink
 */
export function cmykToRgb(inks: Uint8Array, channels: number, { width, height }: Size): Pixels {
  const data = new Uint8Array(3 * width * height);
  for (let to = 0, from = 0; to < data.length; to += 3, from += channels) {
    const left = 255 - (inks[from + 3] ?? 0);
    for (let ink = 0; ink < 3; ink++) data[to + ink] = left - share(inks[from + ink] ?? 0, left);
  }
  return { data, width, height };
}

/** a·b/255, rounded. */
function share(a: number, b: number): number {
  const product = a * b + 128;
  return (product + (product >> 8)) >> 8;
}
