import { ModelError } from '../errors.js';
import { add, expand as emitExpand } from '../graph/arithmetic.js';
import { reduceToShape, zerosPerImage } from '../graph/reduction.js';
import { broadcastShapes, formatShape, type Shape } from '../graph/shape.js';
import { broadcastGradient } from './elementwise-parameter.js';
import { isActivation, sizesAt, valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';

/** x repeated to a shape that it broadcasts to; a constant that is repeated for each image is a shift: a class token. */
export const expand: Operation = {
  type: 'Expand',
  inputs: [2, 2],
  slots: { 0: { parameter: 'shift' } },
  weighted: true,
  forward(context) {
    const { builder: b, images } = context;
    const x = valueAt(context, 0);
    const shape = shapeOf(context);
    if (isActivation(context, 0)) return [emitExpand(b, x, shape)];
    return [emitExpand(b, add(b, zerosPerImage(b, images, shape.length), x), shape)];
  },
  backward: (context) => reduceToShape(context.builder, context.cotangent, valueAt(context, 0).shape),
  parameter: (context, slot) => broadcastGradient(context, slot, context.cotangent),
};

function shapeOf(context: NodeContext): Shape {
  const { shape } = valueAt(context, 0);
  const [first = 1, ...others] = sizesAt(context, 1);
  // A file exported at a fixed batch size writes it into its shapes.
  const isBatch = first === context.fixedBatch && others.length + 1 >= shape.length;
  const expanded = broadcastShapes(shape, [isBatch ? 'N' : first, ...others]);
  if (expanded.indexOf('N') !== 0 || expanded.lastIndexOf('N') > 0)
    throw new ModelError(
      `${formatShape(shape)} becomes ${formatShape(expanded)}: only with the batch as first axis is it supported`,
    );
  return expanded;
}
