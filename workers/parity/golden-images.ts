import type { Golden } from './golden.js';

/** The images that scripts/golden/images.py makes of the same seeds, bit for bit, as [N, C, H, W]. */
export function goldenImages({ seeds, shape }: Pick<Golden, 'seeds' | 'shape'>): Float32Array {
  const [channels, height, width] = shape;
  const pixels: number[] = [];
  for (const seed of seeds) {
    const start = Math.imul(seed, 0x9e3779b9);
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const fine = murmurFinaliser(start + (c * height + y) * width + x) >>> 26;
          const coarse = murmurFinaliser(start + 0x10000000 + (c * 64 + (y >> 3)) * 64 + (x >> 3)) >>> 26;
          pixels.push((fine + coarse - 63) / 32);
        }
      }
    }
  }
  return Float32Array.from(pixels);
}

/** The finaliser of MurmurHash3: 32 bits that look random, from any number. */
export function murmurFinaliser(value: number): number {
  let x = value >>> 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
