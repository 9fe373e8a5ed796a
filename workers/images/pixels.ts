import type { Size } from './geometry.js';

/** 8-bit RGB pixels, row-major, channels interleaved: [H, W, 3]. */
export interface Pixels extends Size {
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** A part of an image. */
export interface Region extends Size {
  readonly left: number;
  readonly top: number;
}
