import { overAxes } from '../batching/axes.js';
import { ModelError } from '../errors.js';
import { divide, equal, expand, multiply, squareRoot, where } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { reshape } from '../graph/layout.js';
import { reducedShape, reduceMean, reduceSum } from '../graph/reduction.js';
import { elementsPerImage, formatShape } from '../graph/shape.js';
import { intAttribute } from '../import/attributes.js';
import { namedAxes } from '../import/known-sizes.js';
import { spreadOverPositions } from '../lowerings/spread.js';
import { cotangentShape, valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';

type Reduce = (b: GraphBuilder, x: Value, axes: readonly number[]) => Value;

/**
 * A reduction over axes that are not the batch's.
 * @param reduce keeps the axes
 * @param share of what arrives at the result that each element gets, by the number of elements
 */
function reduction(type: string, reduce: Reduce, share: (elements: number) => number): Operation {
  return {
    type,
    inputs: [1, 2],
    batching: overAxes,
    forward(context) {
      const { builder: b } = context;
      const x = valueAt(context, 0);
      const axes = reducedAxes(context);
      if (axes.length === 0) return [x];
      return [asAsked(context, reduce(b, x, axes), axes)];
    },
    backward(context) {
      const { builder: b, cotangent, lowerings } = context;
      const shape = cotangentShape(context, 0);
      const axes = reducedAxes(context);
      const kept = withAxes(context, cotangent, axes);
      const factor = share(elementsPerImage(shape.filter((_, axis) => axes.includes(axis))));
      if (isOverPositions(shape.length, axes)) return spreadOverPositions(b, kept, factor, shape, lowerings);
      return expand(b, factor === 1 ? kept : multiply(b, kept, b.scalar(factor)), shape);
    },
  };
}

export const meanOverAxes = reduction(
  'ReduceMean',
  (b, x, axes) =>
    // The same as a pool, which stays in ONNX Runtime's blocked layout.
    isOverPositions(x.shape.length, axes)
      ? b.emit('GlobalAveragePool', [x], {}, { shape: reducedShape(x.shape, axes, true) })
      : reduceMean(b, x, axes, true),
  (elements) => 1 / elements,
);

export const sumOverAxes = reduction(
  'ReduceSum',
  (b, x, axes) => reduceSum(b, x, axes, true),
  () => 1,
);

/** √Σ x², of which the derivative at 0 is 0, as PyTorch's norm has it. In single precision: squares leave the range of half. */
export const normOverAxes: Operation = {
  type: 'ReduceL2',
  inputs: [1, 2],
  batching: overAxes,
  forward(context) {
    const { builder: b } = context;
    const x = valueAt(context, 0);
    const axes = reducedAxes(context);
    if (axes.length === 0) throw new ModelError('it names no axes');
    return b.inSingle(() => [
      asAsked(context, squareRoot(b, reduceSum(b, multiply(b, x, x), axes, true)), axes),
    ]);
  },
  backward(context) {
    const { builder: b, cotangent, outputs } = context;
    const x = valueAt(context, 0);
    const axes = reducedAxes(context);
    return b.inSingle(() => {
      const norm = withAxes(context, outputs[0] ?? x, axes);
      const divisor = where(b, equal(b, norm, b.scalar(0)), b.scalar(1), norm);
      return multiply(b, divide(b, withAxes(context, cotangent, axes), divisor), x);
    });
  },
};

const isOverPositions = (rank: number, axes: readonly number[]): boolean =>
  rank === 4 && axes.length === 2 && axes.includes(2) && axes.includes(3);

/** What was reduced over axes that were kept, in the shape that the node gives it. */
export function asAsked(context: NodeContext, kept: Value, axes: readonly number[]): Value {
  const keeps = intAttribute(context.node, 'keepdims', 1) !== 0;
  return reshape(context.builder, kept, reducedShape(valueAt(context, 0).shape, axes, keeps));
}

/** What a node gave, or what arrives at it, with the axes that were reduced over as ones of size 1. */
export function withAxes(context: NodeContext, value: Value, axes: readonly number[]): Value {
  const [, ...part] = reducedShape(valueAt(context, 0).shape, axes, true);
  return reshape(context.builder, value, [value.shape[0] ?? 'N', ...part]);
}

/** The axes that a node reduces over, counted from the front; none where nothing is reduced. @throws ModelError for the batch's */
export function reducedAxes(context: NodeContext): readonly number[] {
  const { shape } = valueAt(context, 0);
  const named = namedAxes(context, 1, shape.length);
  if (!named && intAttribute(context.node, 'noop_with_empty_axes', 0) !== 0) return [];
  const axes = named ?? shape.map((_, axis) => axis);
  if (axes.includes(0))
    throw new ModelError(
      `axes [${axes}] of ${formatShape(shape)} hold the batch's: that would mix images with each other`,
    );
  return axes;
}
