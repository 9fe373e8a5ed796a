import { onEachNumber } from '../batching/batching.js';
import { ModelError } from '../errors.js';
import type { Value } from '../graph/builder.js';
import { clamp, passBetween } from '../lowerings/gates.js';
import { listed } from '../shown.js';
import { boundAt } from './bounds.js';
import { valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';

/** min(max(x, low), high), ReLU6 for one; the derivative at the bounds is 0. */
export const clip: Operation = {
  type: 'Clip',
  inputs: [1, 3],
  batching: onEachNumber,
  gate: true,
  forward(context) {
    const x = valueAt(context, 0);
    const [low, high] = boundsOf(context);
    return [clamp(context.builder, x, low, high)];
  },
  backward(context) {
    const [y = valueAt(context, 0)] = context.outputs;
    return passBetween(context.builder, context.cotangent, y, ...boundsOf(context), context.lowerings.gates);
  },
};

/** The constants min and max; null for one that is left out. */
function boundsOf(context: NodeContext): [low: Value | null, high: Value | null] {
  const bound = (slot: number): Value | null => {
    const operand = context.operands[slot];
    if (!operand) return null;
    if (operand.kind === 'constant' && operand.tensor.dims.length > 1)
      throw new ModelError(`input ${slot} has shape [${listed(operand.tensor.dims)}], expected one number`);
    return boundAt(context, slot);
  };
  return [bound(1), bound(2)];
}
