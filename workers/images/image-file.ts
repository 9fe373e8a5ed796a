import { type ImageFileOptions, pixelReader } from './image-pixels.js';
import { normalized } from './normalize.js';
import type { ImageSource } from './source.js';

/** Image files on disk, or in files of many, as the network takes them. */
export function imageFiles(options: ImageFileOptions = {}): ImageSource {
  const read = pixelReader(options);
  return {
    async read(path, preprocess, shape, how) {
      const { pixels, sha256 } = await read(path, preprocess, shape, how);
      return { data: normalized(pixels, preprocess, how?.into), sha256 };
    },
  };
}
