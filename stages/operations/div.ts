import { broadcasting } from '../batching/broadcasting.js';
import { divide, multiply, negate } from '../graph/arithmetic.js';
import type { Value } from '../graph/builder.js';
import { unlessOverflown } from '../lowerings/gates.js';
import { requireBroadcast } from './broadcast.js';
import { backThroughBroadcast } from './elementwise-parameter.js';
import { isOne, valueAt } from './operands.js';
import type { BackwardContext, Operation } from './operation.js';

/** x / y with broadcasting; a constant operand of several elements is a scale. */
export const div: Operation = {
  type: 'Div',
  inputs: [2, 2],
  data: 'all',
  batching: broadcasting,
  slots: { 0: { parameter: 'scale' }, 1: { parameter: 'scale' } },
  forward(context) {
    const [x, y] = [valueAt(context, 0), valueAt(context, 1)];
    requireBroadcast(x.shape, y.shape);
    const quotient = divide(context.builder, x, y);
    // What is divided by an infinite number would be 0.
    return [y.constant ? quotient : unlessOverflown(context.builder, quotient, y)];
  },
  ...backThroughBroadcast(timesSlope),
};

/** The cotangent times 1/y for the dividend, −(x/y)/y for the divisor. */
function timesSlope(context: BackwardContext, slot: number): Value {
  const { builder: b, cotangent, outputs } = context;
  const divisor = valueAt(context, 1);
  const share = isOne(divisor) ? cotangent : divide(b, cotangent, divisor);
  return slot === 0 ? share : negate(b, multiply(b, share, outputs[0] ?? valueAt(context, 0)));
}
