import type { Interpolation } from './resample-weights.js';

/** How an image file becomes the network's input. Units: `mean` and `std` are in the [0, 1] pixel range. */
export interface Preprocess {
  /** Shorter side after a resize that keeps the aspect ratio; null keeps the image's size. */
  readonly resize: number | null;
  /** How it is resized: as Pillow does, with filters that widen with the reduction. */
  readonly interpolation: Interpolation;
  /** Side of the central square crop, or null for none. */
  readonly crop: number | null;
  /** Per channel (R, G, B). The input is (pixel/255 − mean) / std. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** Preprocessing as it is written: without a resize or a crop unless it says so, bilinear. */
export interface PreprocessInput
  extends Pick<Preprocess, 'mean' | 'std'>,
    Partial<Pick<Preprocess, 'resize' | 'interpolation' | 'crop'>> {}
