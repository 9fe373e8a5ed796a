import { ModelError } from '../errors.js';
import { multiply, subtract } from '../graph/arithmetic.js';
import { type GraphBuilder, int, type Value } from '../graph/builder.js';
import { reshape } from '../graph/layout.js';
import { reduceSum } from '../graph/reduction.js';
import { elementsPerImage, formatShape, normalizeAxis, type Shape } from '../graph/shape.js';
import { intAttribute } from '../import/attributes.js';
import { valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';

/** e^x / Σ e^x within a network, as in attention; before operator set 13 over an axis and all behind it. */
export const softmax: Operation = {
  type: 'Softmax',
  inputs: [1, 1],
  forward(context) {
    const { builder: b } = context;
    const x = valueAt(context, 0);
    const { shape, axis } = flattened(context);
    const y = b.emit('Softmax', [reshape(b, x, shape)], { axis: int(axis) }, { shape });
    return [reshape(b, y, x.shape)];
  },
  backward(context) {
    const { builder: b, cotangent, outputs } = context;
    const x = valueAt(context, 0);
    const { shape, axis } = flattened(context);
    const y = reshape(b, outputs[0] ?? x, shape);
    return reshape(b, softmaxCotangent(b, y, reshape(b, cotangent, shape), axis), x.shape);
  },
};

/** y ∘ (v − ⟨v, y⟩). */
function softmaxCotangent(b: GraphBuilder, y: Value, cotangent: Value, axis: number): Value {
  const weighted = multiply(b, cotangent, y);
  return subtract(b, weighted, multiply(b, y, reduceSum(b, weighted, [axis], true)));
}

/** The shape in which the softmax is over one axis, and that axis. */
function flattened(context: NodeContext): { readonly shape: Shape; readonly axis: number } {
  const { shape } = valueAt(context, 0);
  const isFlat = context.opset < 13;
  const axis = normalizeAxis(intAttribute(context.node, 'axis', isFlat ? 1 : -1), shape.length);
  if (axis === 0)
    throw new ModelError(
      `axis ${axis} of ${formatShape(shape)} is the batch's: that would mix images with each other`,
    );
  return { shape: isFlat ? [...shape.slice(0, axis), elementsPerImage(shape.slice(axis))] : shape, axis };
}
