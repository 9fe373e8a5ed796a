import { onEachNumber } from '../batching/batching.js';
import { passAboveZero, rectify } from '../lowerings/gates.js';
import { valueAt } from './operands.js';
import type { Operation } from './operation.js';

/** max(x, 0); its derivative at 0 is 0. */
export const relu: Operation = {
  type: 'Relu',
  inputs: [1, 1],
  batching: onEachNumber,
  gate: true,
  forward: (context) => [rectify(context.builder, valueAt(context, 0))],
  backward(context) {
    const [y] = context.outputs;
    return passAboveZero(
      context.builder,
      context.cotangent,
      y ?? valueAt(context, 0),
      context.lowerings.gates,
    );
  },
};
