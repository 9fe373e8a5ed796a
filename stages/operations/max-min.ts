import { broadcasting } from '../batching/broadcasting.js';
import { add, maximum, minimum, multiply, subtract } from '../graph/arithmetic.js';
import type { Value } from '../graph/builder.js';
import { clamp, passBetween, unlessOverflown } from '../lowerings/gates.js';
import { signOf } from '../lowerings/sign.js';
import { boundAt } from './bounds.js';
import { requireBroadcast } from './broadcast.js';
import { backThroughBroadcast } from './elementwise-parameter.js';
import { isActivation, valueAt } from './operands.js';
import type { BackwardContext, NodeContext, Operation } from './operation.js';

/**
 * The larger, or the smaller, of two numbers. One constant number beside an activation is a bound, as of Clip. Elsewhere
 * each of two equal numbers gets half of what arrives, as in PyTorch.
 */
function extremum(type: 'Max' | 'Min'): Operation {
  const isMax = type === 'Max';
  return {
    type,
    inputs: [2, 2],
    data: 'all',
    batching: broadcasting,
    slots: { 0: { parameter: 'shift' }, 1: { parameter: 'shift' } },
    oneElementIsLiteral: true,
    forward(context) {
      const { builder: b } = context;
      const bounded = boundedSlot(context);
      if (bounded !== null) return [clamp(b, valueAt(context, bounded), ...boundsOf(context, bounded))];
      const [x, y] = [valueAt(context, 0), valueAt(context, 1)];
      requireBroadcast(x.shape, y.shape);
      const found = (isMax ? maximum : minimum)(b, x, y);
      return [unlessOverflown(b, unlessOverflown(b, found, x), y)];
    },
    ...backThroughBroadcast(arriving),
  };

  function boundsOf(context: NodeContext, bounded: number): [low: Value | null, high: Value | null] {
    const bound = boundAt(context, 1 - bounded);
    return isMax ? [bound, null] : [null, bound];
  }

  function arriving(context: BackwardContext, slot: number): Value {
    const { builder: b, cotangent, outputs, lowerings } = context;
    const [x, y] = [valueAt(context, slot), valueAt(context, 1 - slot)];
    if (boundedSlot(context) === slot)
      return passBetween(b, cotangent, outputs[0] ?? x, ...boundsOf(context, slot), lowerings.gates);
    const lead = isMax ? subtract(b, x, y) : subtract(b, y, x);
    const half = b.scalar(0.5);
    return multiply(b, cotangent, add(b, multiply(b, signOf(b, lead, lowerings), half), half));
  }
}

export const max = extremum('Max');
export const min = extremum('Min');

/** The slot of the activation whose other operand is one number that adds no axes to it, or null. */
function boundedSlot(context: NodeContext): number | null {
  const found = [0, 1].find((slot) => {
    const other = context.operands[1 - slot];
    return (
      isActivation(context, slot) &&
      other?.kind === 'constant' &&
      other.tensor.data.length === 1 &&
      other.tensor.type === 'float32' &&
      other.tensor.dims.length <= valueAt(context, slot).shape.length
    );
  });
  return found ?? null;
}
