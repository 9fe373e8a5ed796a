import type { ImageCorruption } from './corruptions/corrupt.js';
import type { Preprocess } from './preprocess.js';

/** Images of more pixels are refused unless the user allows them: what Pillow refuses to open, too. */
export const DEFAULT_MAX_PIXELS = 178_956_970;

/** Where images come from. */
export interface ImageSource {
  /**
   * Decodes and preprocesses one image.
   * @param path of an image file, or of an image in a file of many (`locationOf`)
   * @throws ImageError when the image is missing, unreadable, too large or of the wrong size
   * @throws SystemFault when the machine, not the image, is at fault
   */
  read(path: string, preprocess: Preprocess, shape: ImageShape, options?: ReadOptions): Promise<ImageInput>;
}

/** How an image is read. */
export interface ReadOptions {
  /**
   * Whether the file was seen when the run was planned: then its absence is a fault of the system (a file system that
   * was unmounted), and not of the image. Default: false.
   */
  readonly isKnown?: boolean;
  /** Images of more pixels are refused. Default: `DEFAULT_MAX_PIXELS`. */
  readonly maxPixels?: number;
  /** The corruption that the image is given before it is preprocessed. Default: none. */
  readonly corrupt?: ImageCorruption | undefined;
  /** C·H·W elements that the image may be written to. Default: none. */
  readonly into?: Float32Array | undefined;
}

/** One image, ready for the network. */
export interface ImageInput {
  /** float32 [C, H, W], already normalised; `into` where it was written there. */
  readonly data: Float32Array;
  /** sha256 (hex) of the bytes that were read. */
  readonly sha256: string;
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
  /**
   * @param sha256 sha256 (hex) of the file's bytes, or null when they could not be read
   */
  constructor(
    readonly path: string,
    message: string,
    readonly sha256: string | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
