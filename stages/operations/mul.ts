import { broadcasting } from '../batching/broadcasting.js';
import { multiply } from '../graph/arithmetic.js';
import type { Value } from '../graph/builder.js';
import { requireBroadcast } from './broadcast.js';
import { backThroughBroadcast } from './elementwise-parameter.js';
import { valueAt } from './operands.js';
import type { BackwardContext, Operation } from './operation.js';

/** x · y with broadcasting; a constant operand is a scale. */
export const mul: Operation = {
  type: 'Mul',
  inputs: [2, 2],
  data: 'all',
  batching: broadcasting,
  slots: { 0: { parameter: 'scale' }, 1: { parameter: 'scale' } },
  forward(context) {
    const [x, y] = [valueAt(context, 0), valueAt(context, 1)];
    requireBroadcast(x.shape, y.shape);
    return [multiply(context.builder, x, y)];
  },
  ...backThroughBroadcast(timesOther),
};

/** ∂/∂(one factor): the cotangent times the other factor. */
function timesOther(context: BackwardContext, slot: number): Value {
  return multiply(context.builder, context.cotangent, valueAt(context, 1 - slot));
}
