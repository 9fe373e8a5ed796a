import { onEachNumber } from '../batching/batching.js';
import { ModelError } from '../errors.js';
import type { Value } from '../graph/builder.js';
import { clamp, passBetween } from '../lowerings/gates.js';
import { infiniteHalf, smallestHalf } from '../onnx/float16.js';
import { listed } from '../shown.js';
import { constantAt, valueAt } from './operands.js';
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

/** A bound that keeps a divisor from zero would be zero among the few numbers of half precision. */
const offZero = (bound: number): number =>
  bound !== 0 && Math.abs(bound) < smallestHalf ? Math.sign(bound) * smallestHalf : bound;

/** The constants min and max; null for one that is left out. */
function boundsOf(context: NodeContext): [low: Value | null, high: Value | null] {
  const bound = (slot: number): Value | null => {
    if (!context.operands[slot]) return null;
    const { dims, data } = constantAt(context, slot);
    if (dims.length > 1 || data.length !== 1 || data.some(Number.isNaN))
      throw new ModelError(
        `input ${slot} has shape [${listed(dims)}] and holds ${listed([...data.slice(0, 9)])}, expected one number`,
      );
    // Exporters write the largest number of float32 for no bound: no number of half precision is beyond it.
    if (context.builder.precision === 'half' && data.every((value) => Math.abs(value) >= infiniteHalf))
      return null;
    return context.builder.floats(dims, context.builder.precision === 'half' ? data.map(offZero) : data);
  };
  return [bound(1), bound(2)];
}
