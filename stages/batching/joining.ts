import { ModelError } from '../errors.js';
import { normalizeAxis } from '../graph/shape.js';
import { requiredInt } from '../import/attributes.js';
import {
  type BatchAxis,
  emittedAxis,
  firstAxis,
  holdsOnlyImages,
  isFirstAxis,
} from '../import/batch-axis.js';
import { sizesAt } from '../import/known-sizes.js';
import type { Activation } from '../import/operand.js';
import { atBatch, holdsImages, perImage, type Size } from '../import/sizes.js';
import type { Node } from '../onnx/model.js';
import { listed } from '../shown.js';
import {
  activationsOf,
  type Batching,
  firstOf,
  integers,
  isSameForAll,
  type Prepared,
  refuseMixing,
  shapeInModel,
  shapeOf,
} from './batching.js';
import { aligned, commonBatch, rankOf } from './broadcasting.js';

/** For values that are joined along the axis of the attribute: what is the same for all images is repeated for each. */
export const joining: Batching = ({ node, operands, fixedBatch }) => {
  const activations = activationsOf(operands);
  const [first] = activations;
  if (first && isFirstAxis(first.batch) && !isSameForAll(first)) requireWithinImage(node, first);
  if (!first || activations.every((x) => isFirstAxis(x.batch))) return { node, operands, batch: firstAxis };
  const rank = rankOf(first);
  const batch = commonBatch(activations, rank, fixedBatch);
  const axis = normalizeAxis(requiredInt(node, 'axis'), rank);
  const at = axis === batch?.axis ? null : emittedAxis(axis, batch);
  if (at === null) return refuseMixing(axis, first);
  const anyImages = activations.some((x) => !isSameForAll(x));
  return {
    node: { ...node, attributes: new Map([['axis', { kind: 'int', value: at }]]) },
    operands: operands.map((operand) => {
      if (operand?.kind !== 'activation') return operand;
      const inPlace = aligned(operand, batch, rank);
      return anyImages && isSameForAll(operand) ? forEach(operand, inPlace) : inPlace;
    }),
    batch,
  };
};

/** @throws ModelError where the images are joined with others, such as themselves mirrored */
function requireWithinImage(node: Node, x: Activation): void {
  if (normalizeAxis(requiredInt(node, 'axis'), rankOf(x)) === 0)
    throw new ModelError(
      `axis 0 of ${shapeOf(x)} is the batch's, which it makes longer, as for several views of an image; export the model for one image at a time: with a batch of 1, without dynamic_axes`,
    );
}

function forEach(operand: Activation, inPlace: ReturnType<typeof aligned>): Prepared {
  const shape = inPlace.kind === 'prepared' ? inPlace.shape : operand.value.shape;
  return { kind: 'prepared', operand, shape: ['N', ...shape.slice(1)] };
}

/** For a value that is repeated to a shape that it broadcasts to: the second input becomes that of one image's part. */
export const repeating: Batching = ({ node, operands, fixedBatch }) => {
  const x = firstOf(operands);
  const shape = broadcastSizes(shapeInModel(x), sizesAt({ operands }, 1), fixedBatch);
  const batch = imagesIn(x, shape, fixedBatch);
  const part = shape.flatMap((size, axis) =>
    batch && axis === batch.axis && holdsOnlyImages(batch) ? [] : [perImage(size)],
  );
  const target = integers([isSameForAll(x) && !batch ? 1 : 'N', ...part]);
  return { node, operands: [aligned(x, batch, shape.length), target], batch };
};

/** Where the images are in what a value is repeated to. */
function imagesIn(x: Activation, shape: readonly Size[], fixedBatch: number | null): BatchAxis | null {
  if (!isSameForAll(x)) return x.batch && { ...x.batch, axis: x.batch.axis + shape.length - rankOf(x) };
  const axis = shape.findIndex(holdsImages);
  if (axis < 0) return fixedBatch !== null && shape[0] === fixedBatch ? firstAxis : null;
  if (shape[axis] !== 'N')
    throw new ModelError(
      `it repeats what is the same for all images to [${listed(shape)}], which holds parts of several images`,
    );
  return { axis, before: 1, after: 1 };
}

/** A batch size that is written into the file stands for the images' number where the two meet. */
function broadcastSizes(x: readonly Size[], y: readonly Size[], fixedBatch: number | null): Size[] {
  const rank = Math.max(x.length, y.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [p, q] = [x[axis - rank + x.length] ?? 1, y[axis - rank + y.length] ?? 1];
    if (p === q || q === 1) return p;
    if (p === 1) return q;
    if (fixedBatch !== null && atBatch(p, fixedBatch) === atBatch(q, fixedBatch))
      return holdsImages(p) ? p : q;
    throw new RangeError(`[${listed(x)}] and [${listed(y)}] don't broadcast`);
  });
}
