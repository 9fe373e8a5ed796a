import { broadcasting } from '../batching/broadcasting.js';
import { addBias } from '../lowerings/bias.js';
import { requireBroadcast } from './broadcast.js';
import { backThroughBroadcast } from './elementwise-parameter.js';
import { valueAt } from './operands.js';
import type { Operation } from './operation.js';

/** x + y with broadcasting; a constant operand is a shift. */
export const add: Operation = {
  type: 'Add',
  inputs: [2, 2],
  data: 'all',
  batching: broadcasting,
  slots: { 0: { parameter: 'shift' }, 1: { parameter: 'shift' } },
  forward(context) {
    const [x, y] = [valueAt(context, 0), valueAt(context, 1)];
    requireBroadcast(x.shape, y.shape);
    return [addBias(context.builder, x, y, context.lowerings.biases)];
  },
  ...backThroughBroadcast(({ cotangent }) => cotangent),
};
