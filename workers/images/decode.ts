import sharp, { type SharpOptions } from 'sharp';
import type { Size } from './geometry.js';
import type { Pixels } from './normalize.js';

/** What sharp can decode and image collections hold; SVG and PDF, which it also draws, are not photographs. */
const formats: readonly string[] = ['jpeg', 'png', 'webp', 'tiff', 'gif', 'heif'];

/** Pixels as Pillow gives them: no colour profile is applied, no EXIF rotation, the first page alone. */
const reading: SharpOptions = { failOn: 'error', ignoreIcc: true, autoOrient: false, pages: 1 };

/** @throws Error with sharp's message, or when the bytes are in none of the known formats */
export async function decodeRgb(bytes: Uint8Array): Promise<Pixels> {
  const { format } = await sharp(bytes, reading).metadata();
  if (!formats.includes(format)) throw new Error(`${format} is no image format that is read`);
  const { data, info } = await sharp(bytes, reading)
    // Before anything else: resizing with alpha would blacken the colours under transparent pixels.
    .removeAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels instead of 3`);
  return { data, width: info.width, height: info.height };
}

/**
 * Bilinear resize whose kernel widens with the reduction (antialiased), to exactly the given size. It works on
 * decoded pixels, so that the JPEG decoder does not shrink the image by itself first.
 */
export async function resizeBilinear(pixels: Pixels, { width, height }: Size): Promise<Pixels> {
  if (width === pixels.width && height === pixels.height) return pixels;
  const raw = { width: pixels.width, height: pixels.height, channels: 3 } as const;
  const data = await sharp(pixels.data, { raw })
    .resize({ width, height, fit: 'fill', kernel: 'linear' })
    .raw({ depth: 'uchar' })
    .toBuffer();
  return { data, width, height };
}
