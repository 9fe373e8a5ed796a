import { broadcasting } from '../batching/broadcasting.js';
import { ModelError } from '../errors.js';
import { less, multiply, where } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { broadcastShapes, formatShape } from '../graph/shape.js';
import { requireBroadcast } from './broadcast.js';
import { backThroughBroadcast } from './elementwise-parameter.js';
import { valueAt } from './operands.js';
import type { Operation } from './operation.js';

/** x above 0, slope · x elsewhere. The slopes are always learned: a parameter, also where there is but one. */
export const pRelu: Operation = {
  type: 'PRelu',
  inputs: [2, 2],
  data: 'all',
  batching: broadcasting,
  slots: { 1: { parameter: 'scale' } },
  weighted: true,
  forward(context) {
    const { builder: b } = context;
    const [x, slope] = [valueAt(context, 0), valueAt(context, 1)];
    requireBroadcast(x.shape, slope.shape);
    const shape = broadcastShapes(x.shape, slope.shape);
    if (shape.some((size, axis) => size !== 'N' && size !== x.shape[axis]))
      throw new ModelError(`slopes ${formatShape(slope.shape)} don't fit ${formatShape(x.shape)}`);
    return [where(b, isAboveZero(b, x), x, multiply(b, x, slope))];
  },
  ...backThroughBroadcast((context, slot) => {
    const { builder: b, cotangent } = context;
    const [x, slope] = [valueAt(context, 0), valueAt(context, 1)];
    const [above, below] = slot === 0 ? [b.scalar(1), slope] : [b.scalar(0), x];
    return multiply(b, cotangent, where(b, isAboveZero(b, x), above, below));
  }),
};

const isAboveZero = (b: GraphBuilder, x: Value): Value => less(b, b.scalar(0), x);
