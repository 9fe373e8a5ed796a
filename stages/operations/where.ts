import { broadcasting } from '../batching/broadcasting.js';
import { ModelError } from '../errors.js';
import { where as emitWhere, multiply } from '../graph/arithmetic.js';
import type { Value } from '../graph/builder.js';
import { requireBroadcast } from './broadcast.js';
import { backThroughBroadcast } from './elementwise-parameter.js';
import { valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';
import { holds, truthsAt } from './truths.js';

/**
 * The second input where a condition holds, the third one elsewhere: masks of attention, mask tokens, activations of
 * several parts. No gradient passes to the condition.
 */
export const where: Operation = {
  type: 'Where',
  inputs: [3, 3],
  data: 'all',
  batching: broadcasting,
  slots: { 0: { statistic: 'condition' }, 1: { parameter: 'tensor' }, 2: { parameter: 'tensor' } },
  oneElementIsLiteral: true,
  forward(context) {
    const condition = conditionOf(context);
    const [x, y] = [valueAt(context, 1), valueAt(context, 2)];
    for (const [one, other] of [
      [x, y],
      [condition, x],
      [condition, y],
    ] as const)
      requireBroadcast(one.shape, other.shape);
    return [emitWhere(context.builder, condition, x, y)];
  },
  ...backThroughBroadcast((context, slot) => {
    const { builder: b, cotangent } = context;
    if (slot === 0) return multiply(b, cotangent, b.scalar(0));
    const [yes, no] = slot === 1 ? [cotangent, b.scalar(0)] : [b.scalar(0), cotangent];
    return emitWhere(b, conditionOf(context), yes, no);
  }),
};

/** The condition as a comparison, of constants or of what tests of the image gave. */
function conditionOf(context: NodeContext): Value {
  const truths = truthsAt(context, 0);
  if (!truths) throw new ModelError('input 0, the condition, must be truth values');
  return holds(context.builder, truths);
}
