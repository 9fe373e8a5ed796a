import { repeating } from '../batching/joining.js';
import { add, expand as emitExpand } from '../graph/arithmetic.js';
import { reduceToShape, zerosPerImage } from '../graph/reduction.js';
import type { Dim } from '../graph/shape.js';
import { sizesAt } from '../import/known-sizes.js';
import { holdsImages } from '../import/sizes.js';
import { cotangentShape, valueAt } from './operands.js';
import type { Operation } from './operation.js';

/** x repeated to a shape that it broadcasts to; what is the same for all images, as a class token, for each of them. */
export const expand: Operation = {
  type: 'Expand',
  inputs: [2, 2],
  batching: repeating,
  forward(context) {
    const { builder: b, images } = context;
    const x = valueAt(context, 0);
    const shape = sizesAt(context, 1).map((size): Dim => (holdsImages(size) ? 'N' : size));
    if (shape[0] !== 'N' || x.shape[0] === 'N') return [emitExpand(b, x, shape)];
    return [emitExpand(b, add(b, zerosPerImage(b, images, shape.length), x), shape)];
  },
  backward: (context) => reduceToShape(context.builder, context.cotangent, cotangentShape(context, 0)),
};
