import type { Size } from './geometry.js';

/** 8-bit RGB pixels, row-major, channels interleaved: [H, W, 3]. */
export interface Pixels extends Size {
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Black pixels. */
export function blackPixels({ width, height }: Size): Pixels & { readonly data: Uint8Array } {
  return { data: new Uint8Array(3 * width * height), width, height };
}

/** Lays an image on a larger one, over what is there. */
export function layOn(canvas: Pixels, image: Pixels, left: number, top: number): void {
  for (let y = 0; y < image.height; y++) {
    const row = image.data.subarray(3 * y * image.width, 3 * (y + 1) * image.width);
    canvas.data.set(row, 3 * ((top + y) * canvas.width + left));
  }
}

/** A part of an image. */
export interface Region extends Size {
  readonly left: number;
  readonly top: number;
}
