import { onEachNumber } from '../batching/batching.js';
import { ModelError } from '../errors.js';
import { less, multiply, where } from '../graph/arithmetic.js';
import type { Value } from '../graph/builder.js';
import { clamp, passBetween } from '../lowerings/gates.js';
import { listed } from '../shown.js';
import { boundAt } from './bounds.js';
import { broadcastGradient } from './elementwise-parameter.js';
import { constantAt, valueAt } from './operands.js';
import type { BackwardContext, NodeContext, Operation } from './operation.js';

/**
 * min(max(x, low), high), ReLU6 for one; the derivative at the bounds is 0. A bound that is learnt, as of PACT, gets what
 * arrives where x is beyond it; as in PyTorch a lower one nothing where it is not below the upper one.
 */
export const clip: Operation = {
  type: 'Clip',
  inputs: [1, 3],
  batching: onEachNumber,
  gate: true,
  slots: { 1: { parameter: 'tensor' }, 2: { parameter: 'tensor' } },
  settings: [1, 2],
  forward(context) {
    const x = valueAt(context, 0);
    const [low, high] = boundsOf(context);
    return [clamp(context.builder, x, low, high)];
  },
  backward(context) {
    const [y = valueAt(context, 0)] = context.outputs;
    return passBetween(context.builder, context.cotangent, y, ...boundsOf(context), context.lowerings.gates);
  },
  parameter: (context, slot) => broadcastGradient(context, slot, beyond(context, slot)),
};

/** What arrives where x is beyond the bound in a slot. */
function beyond(context: BackwardContext, slot: number): Value {
  const { builder: b, cotangent } = context;
  const [low, high] = boundsOf(context);
  const x = valueAt(context, 0);
  const none = b.scalar(0);
  if (slot === 1) {
    const isBelow = !context.operands[2] || numberAt(context, 1) < numberAt(context, 2);
    return low && isBelow ? where(b, less(b, x, low), cotangent, none) : multiply(b, cotangent, none);
  }
  const raised = low ? clamp(b, x, low, null) : x;
  return high ? where(b, less(b, high, raised), cotangent, none) : multiply(b, cotangent, none);
}

const numberAt = (context: NodeContext, slot: number): number =>
  constantAt(context, slot).data[0] ?? Number.NaN;

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
