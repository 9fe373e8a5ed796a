import { onEachNumber } from '../batching/batching.js';
import { add, multiply, sigmoid } from '../graph/arithmetic.js';
import { unlessOverflown } from '../lowerings/gates.js';
import { oneLess } from '../lowerings/one-less.js';
import { valueAt } from './operands.js';
import type { Operation } from './operation.js';

/** x·σ(x), also called SiLU; with y = x·σ its derivative is σ + y·(1 − σ). */
export const swish: Operation = {
  type: 'Swish',
  inputs: [1, 1],
  batching: onEachNumber,
  forward(context) {
    const { builder: b } = context;
    const x = valueAt(context, 0);
    const gate = sigmoid(b, x);
    return [unlessOverflown(b, multiply(b, x, gate), x), gate];
  },
  backward(context) {
    const { builder: b, cotangent, outputs } = context;
    const x = valueAt(context, 0);
    const [y = x, gate = x] = outputs;
    return multiply(b, cotangent, add(b, gate, multiply(b, y, oneLess(b, gate, x))));
  },
};
