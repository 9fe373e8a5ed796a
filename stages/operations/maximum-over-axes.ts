import { overAxes } from '../batching/axes.js';
import { ModelError } from '../errors.js';
import { divide, equal, multiply, negate, toFloat, where } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { reshape } from '../graph/layout.js';
import { reducedShape, reduceMax, reduceMean, reduceSum } from '../graph/reduction.js';
import { elementsPerImage, formatShape } from '../graph/shape.js';
import { unlessOverflown } from '../lowerings/gates.js';
import { valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';
import { asAsked, reducedAxes, withAxes } from './reductions.js';
import { alsoOverWindowsAsChannels } from './windows-as-channels.js';

/**
 * The maximum over axes that are not the batch's. Equal ones share evenly what arrives, as of PyTorch's `amax` and
 * TensorFlow's `reduce_max`. Files of PyTorch's `max(dim)` have the same operation; there one of them gets it all.
 */
export const maximumOverAxes: Operation = {
  type: 'ReduceMax',
  inputs: [1, 2],
  batching: overAxes,
  forward(context) {
    const x = valueAt(context, 0);
    const axes = reducedAxes(context);
    if (axes.length === 0) return [x];
    return [asAsked(context, highest(context.builder, x, axes), axes)];
  },
  backward(context) {
    const { builder: b, cotangent, outputs } = context;
    const x = valueAt(context, 0);
    const axes = reducedAxes(context);
    if (axes.length === 0) return cotangent;
    const known = knownHighest(b, x, outputs[0] ?? x, axes);
    return b.inSingle(() => {
      const y = known ?? reduceMax(b, x, axes, true);
      const arrived = withAxes(context, cotangent, axes);
      const isHighest = toFloat(b, equal(b, x, y));
      return multiply(b, isHighest, divide(b, arrived, reduceSum(b, isHighest, axes, true)));
    });
  },
};

/** The maximum over all positions: [N, C, H, W] → [N, C, 1, 1]. The gradient goes to the first of equal ones, as of a MaxPool. */
export const globalMaxPool = alsoOverWindowsAsChannels({
  type: 'GlobalMaxPool',
  inputs: [1, 1],
  forward(context) {
    const x = valueAt(context, 0);
    return [highest(context.builder, x, positionsOf(context))];
  },
  backward(context) {
    const { builder: b, cotangent, outputs } = context;
    const x = valueAt(context, 0);
    const axes = positionsOf(context);
    const sizes = x.shape.slice(2).map(Number);
    const count = elementsPerImage(sizes);
    const known = knownHighest(b, x, outputs[0] ?? x, axes);
    return b.inSingle(() => {
      const y = known ?? reduceMax(b, x, axes, true);
      // The least place, in the order of the elements, of those that equal the maximum.
      const places = b.derived(`places [${sizes}]`, sizes, () =>
        Float32Array.from({ length: count }, (_, at) => at),
      );
      const candidates = where(b, equal(b, x, y), places, b.scalar(count));
      const first = negate(b, reduceMax(b, negate(b, candidates), axes, true));
      return multiply(b, toFloat(b, equal(b, places, first)), cotangent);
    });
  },
});

/** Places up to here are told apart in float32. */
const mostPlaces = 2 ** 24;

/** @throws ModelError where there are none, or too many */
function positionsOf(context: NodeContext): number[] {
  const { shape } = valueAt(context, 0);
  if (shape.length < 3 || elementsPerImage(shape.slice(2)) > mostPlaces)
    throw new ModelError(
      `input has shape ${formatShape(shape)}, expected one to ${mostPlaces} positions behind two axes`,
    );
  return shape.flatMap((_, axis) => (axis >= 2 ? [axis] : []));
}

/**
 * The maximum that was computed, its axes kept; null in half precision, in which providers may keep more digits of it
 * than of what it is compared with.
 */
const knownHighest = (b: GraphBuilder, x: Value, y: Value, axes: readonly number[]): Value | null =>
  b.precision === 'half' ? null : reshape(b, y, reducedShape(x.shape, axes, true));

/** The maximum over axes, which are kept; in half precision NaN where something overflowed, see `gates.ts`. */
function highest(b: GraphBuilder, x: Value, axes: readonly number[]): Value {
  const y = reduceMax(b, x, axes, true);
  return b.precision === 'half' ? unlessOverflown(b, y, reduceMean(b, x, axes, true)) : y;
}
