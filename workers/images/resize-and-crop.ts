import { cropOffset, resizedSize, type Size } from './geometry.js';
import type { Region } from './pixels.js';
import type { Preprocess } from './preprocess.js';
import type { ImageShape } from './source.js';

/** How an image of a known size becomes the network's input. */
export interface Layout {
  /** The whole image after resizing. */
  readonly resized: Size;
  /** The part of it that the network sees. */
  readonly window: Region;
}

/**
 * Where resizing and cropping lead from an image's size.
 * @returns the layout, or one line that says why there is none
 */
export function layoutOf(image: Size, preprocess: Preprocess, shape: ImageShape): Layout | string {
  const { resize, crop } = preprocess;
  const resized = resize === null ? image : resizedSize(image, resize);
  if (crop !== null && (crop > resized.width || crop > resized.height)) {
    return `${sizeText(resized)} pixels are too few for a crop of ${crop}×${crop}; set resize in the preprocessing`;
  }
  const size = crop === null ? resized : { width: crop, height: crop };
  if (size.width !== shape.width || size.height !== shape.height) {
    const expected = `the network takes ${sizeText(shape)}`;
    return resize === null && crop === null
      ? `found ${sizeText(image)} pixels, but ${expected}; set resize and crop in the preprocessing`
      : `${sizeText(image)} pixels become ${sizeText(size)} after preprocessing, but ${expected}; fix resize and crop`;
  }
  const left = cropOffset(resized.width, size.width);
  const top = cropOffset(resized.height, size.height);
  return { resized: { width: resized.width, height: resized.height }, window: { ...size, left, top } };
}

function sizeText({ width, height }: Size): string {
  return `${width}×${height}`;
}
