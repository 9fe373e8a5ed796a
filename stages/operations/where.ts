import { broadcasting } from '../batching/broadcasting.js';
import { ModelError } from '../errors.js';
import { where as emitWhere, less } from '../graph/arithmetic.js';
import type { Value } from '../graph/builder.js';
import { integersOf } from '../import/operand.js';
import { requireBroadcast } from './broadcast.js';
import { backThroughBroadcast } from './elementwise-parameter.js';
import { valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';

/** The second input where a constant condition holds, the third one elsewhere: masks of attention, mask tokens. */
export const where: Operation = {
  type: 'Where',
  inputs: [3, 3],
  data: 'all',
  batching: broadcasting,
  slots: { 1: { parameter: 'tensor' }, 2: { parameter: 'tensor' } },
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
    const [yes, no] = slot === 1 ? [cotangent, b.scalar(0)] : [b.scalar(0), cotangent];
    return emitWhere(b, conditionOf(context), yes, no);
  }),
};

/** The condition as a comparison of constants, which engines compute when they open the graph. */
function conditionOf(context: NodeContext): Value {
  const { builder: b } = context;
  const [operand] = context.operands;
  const whole = integersOf(operand);
  // Truth values that were computed when the graph was read are whole numbers.
  const [dims, truths] =
    operand?.kind === 'constant' && (operand.tensor.type === 'bool' || operand.tensor.type === 'int64')
      ? [operand.tensor.dims, Array.from(operand.tensor.data, Number)]
      : whole
        ? [whole.scalar ? [] : [whole.sizes.length], whole.sizes.map(Number)]
        : [];
  if (!dims || !truths || truths.some(Number.isNaN))
    throw new ModelError('input 0, the condition, must be truth values that are known before any image is');
  return less(b, b.scalar(0.5), b.floats(dims, truths));
}
