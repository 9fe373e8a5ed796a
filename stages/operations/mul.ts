import { broadcasting } from '../batching/broadcasting.js';
import { multiply } from '../graph/arithmetic.js';
import type { Value } from '../graph/builder.js';
import { reduceToShape } from '../graph/reduction.js';
import { spreadGate, sumOverPositions } from '../lowerings/spread.js';
import { requireBroadcast } from './broadcast.js';
import { backThroughBroadcast } from './elementwise-parameter.js';
import { cotangentShape, isOne, valueAt } from './operands.js';
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
    const { builder: b, lowerings } = context;
    for (const [gate, gated] of [
      [x, y],
      [y, x],
    ] as const) {
      const spread = spreadGate(b, gate, gated.shape, lowerings);
      if (spread) return [multiply(b, spread, gated), spread];
    }
    return [multiply(b, x, y)];
  },
  ...backThroughBroadcast(timesOther),
  backward(context, slot) {
    const { builder: b, lowerings } = context;
    const product = timesOther(context, slot);
    const shape = cotangentShape(context, slot);
    return sumOverPositions(b, product, shape, lowerings) ?? reduceToShape(b, product, shape);
  },
};

/** ∂/∂(one factor): the cotangent times the other factor. */
function timesOther(context: BackwardContext, slot: number): Value {
  const [, spread] = context.outputs;
  const other = valueAt(context, 1 - slot);
  const isGate = spread !== undefined && other.shape[2] === 1 && other.shape[3] === 1;
  if (isOne(other)) return context.cotangent;
  return multiply(context.builder, context.cotangent, isGate ? spread : other);
}
