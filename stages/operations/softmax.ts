import { alongAxis } from '../batching/axes.js';
import { multiply, subtract } from '../graph/arithmetic.js';
import { int } from '../graph/builder.js';
import { reduceSum } from '../graph/reduction.js';
import { axisWithinImage, valueAt } from './operands.js';
import type { Operation } from './operation.js';

/** e^x / Σ e^x along an axis within a network, as in attention. */
export const softmax: Operation = {
  type: 'Softmax',
  inputs: [1, 1],
  batching: alongAxis(-1),
  forward(context) {
    const { shape } = valueAt(context, 0);
    const axis = int(axisWithinImage(context));
    return [context.builder.emit('Softmax', [valueAt(context, 0)], { axis }, { shape })];
  },
  /** y ∘ (v − ⟨v, y⟩). */
  backward(context) {
    const { builder: b, cotangent, outputs } = context;
    const y = outputs[0] ?? valueAt(context, 0);
    const weighted = multiply(b, cotangent, y);
    return subtract(b, weighted, multiply(b, y, reduceSum(b, weighted, [axisWithinImage(context)], true)));
  },
};
