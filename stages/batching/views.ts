import { type BatchAxis, holdsOnlyImages } from '../import/batch-axis.js';
import type { Activation } from '../import/operand.js';
import { atBatch, holdsImages, perImage, type Size } from '../import/sizes.js';
import { listed } from '../shown.js';
import {
  type BatchedNode,
  type Batching,
  firstOf,
  integers,
  isSameForAll,
  shapeInModel,
} from './batching.js';

/**
 * For operations that give the same elements, in the same order, another shape: the second input becomes that of one
 * image's part.
 * @param targetOf the model's shape that a node gives, given that of its first input
 */
export const asView =
  (targetOf: (node: BatchedNode, shape: readonly Size[]) => readonly Size[]): Batching =>
  (batched) => {
    const x = firstOf(batched.operands);
    const { node, fixedBatch } = batched;
    const target = targetOf(batched, shapeInModel(x));
    const { batch, part } = imagesIn(x, target, fixedBatch);
    const shape = integers([x.value.shape[0] ?? 'N', ...part]);
    return { node, operands: [x, shape], batch };
  };

/** Where the images are, and one image's part, after a change of shape. */
function imagesIn(
  x: Activation,
  target: readonly Size[],
  fixedBatch: number | null,
): { readonly batch: BatchAxis | null; readonly part: readonly number[] } {
  if (isSameForAll(x)) return { batch: null, part: target.map(perImage) };
  const shape = shapeInModel(x);
  const count = (sizes: readonly Size[]) => product(sizes.map((size) => atBatch(size, fixedBatch ?? 1)));
  if (count(shape) !== count(target))
    throw new RangeError(`[${listed(shape)}] can't be reshaped to [${listed(target)}]`);
  const around = elementsAround(x);
  const named = target.findIndex(holdsImages);
  const batch =
    named >= 0 || fixedBatch === null
      ? atAxis(target.map(perImage), named, around)
      : amongNumbers(
          target.map((size) => atBatch(size, fixedBatch)),
          fixedBatch,
          around,
        );
  if (batch === undefined)
    throw new RangeError(`[${listed(shape)}] → [${listed(target)}] would mix images with each other`);
  const sizes = target.map((size, axis) =>
    holdsImages(size) ? perImage(size) : axis === batch?.axis ? size / (fixedBatch ?? 1) : size,
  );
  return { batch, part: batch && holdsOnlyImages(batch) ? sizes.toSpliced(batch.axis, 1) : sizes };
}

/** Elements of an image that the images lie inside of, in the order in which elements are kept. */
function elementsAround({ value, batch }: Activation): number {
  return product(value.shape.slice(1, 1 + (batch?.axis ?? 0)).map(Number)) * (batch?.before ?? 1);
}

/** The images along an axis, or undefined where they can't be there. */
function atAxis(part: readonly number[], axis: number, around: number): BatchAxis | undefined {
  const before = around / product(part.slice(0, axis));
  const after = (part[axis] ?? 0) / before;
  return [before, after].every((size) => Number.isInteger(size) && size > 0)
    ? { axis, before, after }
    : undefined;
}

/**
 * The same where the batch size is a number among others. An axis that holds nothing else is most likely. A model of one
 * image at a time may have none: all that it has is this image's then.
 */
function amongNumbers(
  sizes: readonly number[],
  images: number,
  around: number,
): BatchAxis | null | undefined {
  const places = sizes.flatMap((size, axis) => atAxis(sizes.with(axis, size / images), axis, around) ?? []);
  return places.find(holdsOnlyImages) ?? (images === 1 ? null : places[0]);
}

const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);
