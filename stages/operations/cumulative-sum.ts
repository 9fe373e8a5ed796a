import { alongAxisAt } from '../batching/axes.js';
import { ModelError } from '../errors.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { transpose } from '../graph/layout.js';
import { matMul } from '../graph/matrix.js';
import { formatShape, normalizeAxis, sizeOf } from '../graph/shape.js';
import { intAttribute } from '../import/attributes.js';
import { sizesAt } from '../import/known-sizes.js';
import { valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';

/**
 * Sums along an axis up to each element, from its end where it is `reverse`, without the element itself where it is
 * `exclusive`: a product with a triangle of ones, which every provider has.
 */
export const cumulativeSum: Operation = {
  type: 'CumSum',
  inputs: [2, 2],
  batching: alongAxisAt(1),
  forward: (context) => [summed(context, valueAt(context, 0), isReverse(context))],
  // What arrives at an element goes to all that it is the sum of: those on the other side.
  backward: (context) => summed(context, context.cotangent, !isReverse(context)),
};

const isReverse = ({ node }: NodeContext): boolean => intAttribute(node, 'reverse', 0) !== 0;

function summed(context: NodeContext, x: Value, reverse: boolean): Value {
  const { builder: b, node } = context;
  const rank = x.shape.length;
  const axis = normalizeAxis(Number(sizesAt(context, 1)[0]), rank);
  if (axis === 0)
    throw new ModelError(
      `axis 0 of ${formatShape(x.shape)} is the batch's: that would mix images with each other`,
    );
  const order = [...Array(rank).keys()].toSpliced(axis, 1).concat(axis);
  const triangle = triangleOf(b, sizeOf(x.shape, axis), reverse, intAttribute(node, 'exclusive', 0) !== 0);
  const back = [...Array(rank - 1).keys()].toSpliced(axis, 0, rank - 1);
  return transpose(b, matMul(b, transpose(b, x, order), triangle), back);
}

/** [size, size]: a one for each element, a row, that is part of a sum, a column. */
function triangleOf(b: GraphBuilder, size: number, reverse: boolean, exclusive: boolean): Value {
  return b.derived(`triangle ${size} ${reverse} ${exclusive}`, [size, size], () =>
    new Float32Array(size * size).map((_, index) => {
      const [element, sum] = [Math.floor(index / size), index % size];
      const distance = reverse ? element - sum : sum - element;
      return distance >= (exclusive ? 1 : 0) ? 1 : 0;
    }),
  );
}
