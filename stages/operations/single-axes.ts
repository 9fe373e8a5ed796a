import { ModelError } from '../errors.js';
import { reshapeImages } from '../graph/layout.js';
import type { Shape } from '../graph/shape.js';
import { squeezed, unsqueezed } from '../import/views.js';
import { givenAxes, valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';

/** Another shape that has the same elements in the same order, given by the operand's. */
function reshaping(type: string, shapeOf: (context: NodeContext) => Shape): Operation {
  return {
    type,
    inputs: [1, 2],
    anyBatchAxis: true,
    forward: (context) => [reshapeImages(context.builder, valueAt(context, 0), shapeOf(context))],
    backward: (context) => reshapeImages(context.builder, context.cotangent, valueAt(context, 0).shape),
  };
}

/** Without axes of size 1: those that are named, or all. */
export const squeeze = reshaping('Squeeze', (context) =>
  squeezed(valueAt(context, 0).shape, givenAxes(context, 1)),
);

/** With axes of size 1 put in. */
export const unsqueeze = reshaping('Unsqueeze', (context) => {
  const axes = givenAxes(context, 1);
  if (!axes) throw new ModelError('it names no axes');
  return unsqueezed(valueAt(context, 0).shape, axes);
});
