import { cropOffset, resizedSize, type Size } from './geometry.js';
import { blackPixels, layOn, type Pixels, type Region } from './pixels.js';
import { bothSides, type Preprocess } from './preprocess.js';
import { type Interpolation, resampledWindow } from './resample.js';
import type { ImageShape } from './source.js';

/** How an image of a known size becomes what the network sees. */
export interface Layout {
  /** The whole image after resizing. */
  readonly resized: Size;
  /** The part of it that the network sees. */
  readonly window: Region;
  /** All that the network sees, and where the window lies in it: what is around it is black. */
  readonly seen: Size;
  readonly left: number;
  readonly top: number;
}

/**
 * Where resizing and cropping lead from an image's size, as torchvision's Resize and CenterCrop have it.
 * @param shape what the network takes; null for whatever comes of it
 * @returns the layout, or one line that says why there is none
 */
export function layoutOf(
  image: Size,
  preprocess: Pick<Preprocess, 'resize' | 'crop'>,
  shape: Pick<ImageShape, 'height' | 'width'> | null,
): Layout | string {
  const { resize, crop } = preprocess;
  const resized = sizeAfter(image, resize);
  const seen = crop === null ? resized : sizeOf(crop);
  if (shape !== null && (seen.width !== shape.width || seen.height !== shape.height)) {
    const expected = `the network takes ${sizeText(shape)}`;
    return resize === null && crop === null
      ? `found ${sizeText(image)} pixels, but ${expected}; set resize and crop in the preprocessing`
      : `${sizeText(image)} pixels become ${sizeText(seen)} after preprocessing, but ${expected}; fix resize and crop`;
  }
  const across = cut(resized.width, seen.width);
  const down = cut(resized.height, seen.height);
  return {
    resized,
    window: { left: across.from, top: down.from, width: across.length, height: down.length },
    seen,
    left: across.at,
    top: down.at,
  };
}

function sizeAfter({ width, height }: Size, resize: Preprocess['resize']): Size {
  if (resize === null) return { width, height };
  return typeof resize === 'number' ? resizedSize({ width, height }, resize) : sizeOf(resize);
}

function sizeOf(sides: NonNullable<Preprocess['crop']>): Size {
  const [height, width] = bothSides(sides);
  return { width, height };
}

/** One axis of a central crop: which samples are kept, and where they lie in a crop that is longer than the axis. */
function cut(length: number, crop: number) {
  return crop > length
    ? { from: 0, length, at: Math.floor((crop - length) / 2) }
    : { from: cropOffset(length, crop), length: crop, at: 0 };
}

/** What the network sees of an image. */
export function seenPixels(
  pixels: Pixels,
  { resized, window, seen, left, top }: Layout,
  interpolation: Interpolation,
): Pixels {
  const found = resampledWindow(pixels, resized, window, interpolation);
  if (found.width === seen.width && found.height === seen.height) return found;
  const canvas = blackPixels(seen);
  layOn(canvas, found, left, top);
  return canvas;
}

function sizeText({ width, height }: Size): string {
  return `${width}×${height}`;
}
