import { clip as emitClip, multiply, positive, subtract } from '../graph/arithmetic.js';
import type { Value } from '../graph/builder.js';
import { constantAt, valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';

/** min(max(x, low), high), ReLU6 for one; the derivative at the bounds is 0. */
export const clip: Operation = {
  type: 'Clip',
  gate: true,
  forward(context) {
    const x = valueAt(context, 0);
    const [low, high] = boundsOf(context);
    return [low || high ? emitClip(context.builder, x, low, high) : x];
  },
  backward(context) {
    const b = context.builder;
    const [y = valueAt(context, 0)] = context.outputs;
    const [low, high] = boundsOf(context);
    const open = [
      ...(low ? [positive(b, subtract(b, y, low))] : []),
      ...(high ? [positive(b, subtract(b, high, y))] : []),
    ];
    return open.reduce((cotangent, mask) => multiply(b, cotangent, mask), context.cotangent);
  },
};

/** The constants min and max; null for one that is left out. */
function boundsOf(context: NodeContext): [low: Value | null, high: Value | null] {
  const bound = (slot: number): Value | null => {
    if (!context.operands[slot]) return null;
    const { dims, data } = constantAt(context, slot);
    return context.builder.floats(dims, data);
  };
  return [bound(1), bound(2)];
}
