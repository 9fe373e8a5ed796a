import { alongAxis, overAxes } from '../batching/axes.js';
import { ModelError } from '../errors.js';
import { add, exponential, logarithm, multiply, subtract } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { reduceMax, reduceSum } from '../graph/reduction.js';
import { axisWithinImage, valueAt } from './operands.js';
import type { Operation } from './operation.js';
import { asAsked, reducedAxes, withAxes } from './reductions.js';

// In single precision: of small logarithms half precision keeps few digits.

/** x − log Σeˣ along an axis within a network. */
export const logSoftmax: Operation = {
  type: 'LogSoftmax',
  inputs: [1, 1],
  batching: alongAxis(-1),
  forward(context) {
    const { builder: b } = context;
    const x = valueAt(context, 0);
    return b.inSingle(() => {
      const { centred, logSum } = logSumOfCentred(b, x, [axisWithinImage(context)]);
      return [subtract(b, centred, logSum)];
    });
  },
  /** v − eʸ · Σv. */
  backward(context) {
    const { builder: b, cotangent, outputs } = context;
    const y = outputs[0] ?? valueAt(context, 0);
    return b.inSingle(() => {
      const total = reduceSum(b, cotangent, [axisWithinImage(context)], true);
      return subtract(b, cotangent, multiply(b, exponential(b, y), total));
    });
  },
};

/** log Σeˣ over axes that are not the batch's. */
export const logSumExpOverAxes: Operation = {
  type: 'ReduceLogSumExp',
  inputs: [1, 2],
  batching: overAxes,
  forward(context) {
    const { builder: b } = context;
    const x = valueAt(context, 0);
    const axes = reducedAxes(context);
    if (axes.length === 0) throw new ModelError('it names no axes');
    return b.inSingle(() => {
      const { highest, logSum } = logSumOfCentred(b, x, axes);
      return [asAsked(context, add(b, highest, logSum), axes)];
    });
  },
  /** v · e^(x − y). */
  backward(context) {
    const { builder: b, cotangent, outputs } = context;
    const x = valueAt(context, 0);
    const axes = reducedAxes(context);
    return b.inSingle(() => {
      const y = withAxes(context, outputs[0] ?? x, axes);
      const arrived = withAxes(context, cotangent, axes);
      return multiply(b, exponential(b, subtract(b, x, y)), arrived);
    });
  },
};

/** The largest x over axes, x less that, and log Σ of its exponentials, which neither overflow nor all vanish. */
function logSumOfCentred(
  b: GraphBuilder,
  x: Value,
  axes: readonly number[],
): { readonly highest: Value; readonly centred: Value; readonly logSum: Value } {
  const highest = reduceMax(b, x, axes, true);
  const centred = subtract(b, x, highest);
  return { highest, centred, logSum: logarithm(b, reduceSum(b, exponential(b, centred), axes, true)) };
}
