/**
 * A size that a model computes: a number, the number of images N, or a multiple of it, such as `12N` for an axis that
 * holds 12 parts of each image.
 */
export type Size = number | 'N' | `${number}N`;

/** So many times the number of images. */
export const timesImages = (count: number): Size => (count === 1 ? 'N' : `${count}N`);

/** Whether it depends on the number of images. */
export const holdsImages = (size: Size): size is Exclude<Size, number> => typeof size === 'string';

/** Of a size, what belongs to one image. */
export const perImage = (size: Size): number =>
  typeof size === 'number' ? size : size === 'N' ? 1 : Number(size.slice(0, -1));

/** The size in a batch of so many images. */
export const atBatch = (size: Size, images: number): number =>
  holdsImages(size) ? perImage(size) * images : size;
