import { ModelError } from '../errors.js';
import { add, multiply } from '../graph/arithmetic.js';
import type { Value } from '../graph/builder.js';
import { squaredNormPerImage } from '../graph/reduction.js';
import { formatShape } from '../graph/shape.js';
import { positionSum } from '../lowerings/position-sum.js';
import { channelledOfParts, channelsAxisOf, channelsInFront } from './channels-axis.js';
import { constantAt, valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';
import { keptOf, standardized, standardizedCotangent } from './standardization.js';

/**
 * y = γ · x̂ + β, x̂ having mean 0 and variance 1 over the positions of each channel. Exporters write GroupNorm with it,
 * with a γ of ones and a β of zeros, which are no parameters; the scale and shift that follow are.
 */
export const instanceNormalization: Operation = {
  type: 'InstanceNormalization',
  inputs: [3, 3],
  batching: channelledOfParts,
  slots: { 1: { parameter: 'scale' }, 2: { parameter: 'shift' } },
  neutralIsLiteral: true,
  weighted: true,
  forward(context) {
    const { builder: b } = context;
    const { shape } = valueAt(context, 0);
    if (positionsOf(context).length === 0)
      throw new ModelError(`input has shape ${formatShape(shape)}, which has no positions`);
    for (const slot of [1, 2]) {
      const { dims } = constantAt(context, slot);
      if (String(dims) !== String(shape[channelsAxisOf(context)]))
        throw new ModelError(
          `input ${slot} has shape ${formatShape(dims)}, expected [${shape[channelsAxisOf(context)]}]`,
        );
    }
    return b.inSingle(() => {
      const { normal, deviation } = standardized(context, positionsOf(context));
      return [
        add(b, multiply(b, normal, eachChannel(context, 1)), eachChannel(context, 2)),
        normal,
        deviation,
      ];
    });
  },
  backward(context) {
    const { builder: b, cotangent } = context;
    return b.inSingle(() => {
      const arrived = multiply(b, cotangent, eachChannel(context, 1));
      return standardizedCotangent(b, arrived, keptOf(context), positionsOf(context));
    });
  },
  parameter(context, slot) {
    const { builder: b, cotangent, lowerings } = context;
    const elementwise = () => (slot === 1 ? multiply(b, cotangent, keptOf(context).normal) : cotangent);
    const gradient = () => positionSum(b, channelsInFront(context, elementwise()), lowerings);
    return { gradient, squaredNorm: () => squaredNormPerImage(b, gradient()) };
  },
};

const positionsOf = (context: NodeContext): number[] =>
  valueAt(context, 0).shape.flatMap((_, axis) => (axis > channelsAxisOf(context) ? [axis] : []));

/** A factor or term of each channel, [C, 1, …]. */
function eachChannel(context: NodeContext, slot: number): Value {
  const { dims, data } = constantAt(context, slot);
  return context.builder.floats([...dims, ...positionsOf(context).map(() => 1)], data);
}
