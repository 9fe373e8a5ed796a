import { join } from 'node:path';
import sharp from 'sharp';
import { randomFor } from '../../manifests/micro-benchmark/random.js';

/**
 * Writes JPEG files of gradients and noise: about as hard to decode as photographs.
 * @param size in pixels; 300 to 500 a side where it is left out
 */
export async function writeJpegs(
  folder: string,
  count: number,
  size?: { readonly width: number; readonly height: number },
): Promise<string[]> {
  const paths: string[] = [];
  for (let index = 0; index < count; index++) {
    const random = randomFor('benchmark JPEG', index);
    const drawn = { width: random.integer(300, 500), height: random.integer(300, 500) };
    const { width, height } = size ?? drawn;
    const slopes = Array.from(
      { length: 3 },
      () => [random.between(-0.5, 0.5), random.between(-0.5, 0.5)] as const,
    );
    const pixels = new Uint8Array(width * height * 3);
    for (let at = 0; at < pixels.length; at++) {
      const [pixel, channel] = [Math.floor(at / 3), at % 3];
      const [right, down] = slopes[channel] ?? [0, 0];
      const smooth =
        128 + right * ((pixel % width) - width / 2) + down * (Math.floor(pixel / width) - height / 2);
      pixels[at] = Math.min(255, Math.max(0, smooth + 15 * random.gaussian()));
    }
    const path = join(folder, `${index}.jpg`);
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 90 })
      .toFile(path);
    paths.push(path);
  }
  return paths;
}
