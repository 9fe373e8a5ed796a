import { clip as emitClip, multiply, positive, subtract } from '../graph/arithmetic.js';
import { optionalValueAt, valueAt } from './operands.js';
import type { Operation } from './operation.js';

/** min(max(x, low), high), ReLU6 for one; the derivative at the bounds is 0. */
export const clip: Operation = {
  type: 'Clip',
  forward(context) {
    const [x, low, high] = [valueAt(context, 0), optionalValueAt(context, 1), optionalValueAt(context, 2)];
    return [low || high ? emitClip(context.builder, x, low, high) : x];
  },
  backward(context) {
    const b = context.builder;
    const [y = valueAt(context, 0)] = context.outputs;
    const [low, high] = [optionalValueAt(context, 1), optionalValueAt(context, 2)];
    const open = [
      ...(low ? [positive(b, subtract(b, y, low))] : []),
      ...(high ? [positive(b, subtract(b, high, y))] : []),
    ];
    return open.reduce((cotangent, mask) => multiply(b, cotangent, mask), context.cotangent);
  },
};
