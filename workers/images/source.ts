import type { Preprocess } from './preprocess.js';

/** Where images come from. One kind per file: today image files on disk. */
export interface ImageSource {
  /**
   * Decodes and preprocesses one image.
   * @returns float32 [C, H, W], already normalised
   * @throws ImageError when the image is missing, unreadable, of the wrong size or not finite
   */
  read(path: string, preprocess: Preprocess, shape: ImageShape): Promise<Float32Array>;
}

/** What the network expects. */
export interface ImageShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** One image that could not be used; becomes an error row and never stops a shard. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
  constructor(
    readonly path: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
