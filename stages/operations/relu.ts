import { relu as emitRelu, multiply, positive } from '../graph/arithmetic.js';
import { valueAt } from './operands.js';
import type { Operation } from './operation.js';

/** max(x, 0); its derivative at 0 is 0. */
export const relu: Operation = {
  type: 'Relu',
  gate: true,
  forward: (context) => [emitRelu(context.builder, valueAt(context, 0))],
  backward(context) {
    const [y] = context.outputs;
    return multiply(context.builder, context.cotangent, positive(context.builder, y ?? valueAt(context, 0)));
  },
};
