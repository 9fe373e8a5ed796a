import { type CanvasPixels, imageSide } from './canvas.js';

/** An 8-bit RGB image, [32, 32, 3] row-major: what the PNG file holds. */
export type ByteImage = Uint8Array;

/** Rounds to 8 bits; values outside [0, 1] are cut off. */
export function toBytes(pixels: CanvasPixels): ByteImage {
  const bytes = new Uint8Array(imageSide * imageSide * 3);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = Math.round(Math.min(1, Math.max(0, pixels[i] ?? 0)) * 255);
  }
  return bytes;
}
