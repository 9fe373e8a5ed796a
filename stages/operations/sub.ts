import { broadcasting } from '../batching/broadcasting.js';
import { negate, subtract } from '../graph/arithmetic.js';
import type { Value } from '../graph/builder.js';
import { requireBroadcast } from './broadcast.js';
import { backThroughBroadcast } from './elementwise-parameter.js';
import { valueAt } from './operands.js';
import type { BackwardContext, Operation } from './operation.js';

/** x − y with broadcasting; a constant operand of several elements is a shift. */
export const sub: Operation = {
  type: 'Sub',
  inputs: [2, 2],
  data: 'all',
  batching: broadcasting,
  slots: { 0: { parameter: 'shift' }, 1: { parameter: 'shift' } },
  forward(context) {
    const [x, y] = [valueAt(context, 0), valueAt(context, 1)];
    requireBroadcast(x.shape, y.shape);
    return [subtract(context.builder, x, y)];
  },
  ...backThroughBroadcast(signed),
};

/** What arrives at one operand before it is summed where the operand was repeated. */
function signed({ builder, cotangent }: BackwardContext, slot: number): Value {
  return slot === 0 ? cotangent : negate(builder, cotangent);
}
