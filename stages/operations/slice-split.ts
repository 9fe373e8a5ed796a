import { alongAxis, slicing } from '../batching/axes.js';
import { ModelError } from '../errors.js';
import type { Value } from '../graph/builder.js';
import { type AxisPart, cut, setApart } from '../graph/layout.js';
import { formatShape, normalizeAxis, type Shape, sizeOf } from '../graph/shape.js';
import { intAttribute, requiredInt } from '../import/attributes.js';
import { namedAxes, sizesAt } from '../import/known-sizes.js';
import { partSizes } from '../import/split-parts.js';
import { pick } from '../lowerings/picked.js';
import { cotangentShape, valueAt } from './operands.js';
import type { BackwardContext, NodeContext, Operation } from './operation.js';

// Operations that give a part of what they read, by constant places.

/** From starts to ends along some axes, every so many. */
export const slice: Operation = {
  type: 'Slice',
  inputs: [3, 5],
  batching: slicing,
  forward(context) {
    const parts = slicedParts(context);
    return [turned(context, cut(context.builder, valueAt(context, 0), parts), parts)];
  },
  backward(context) {
    const parts = slicedParts(context);
    return backInPlace({ ...context, cotangent: turned(context, context.cotangent, parts) }, parts);
  },
};

/** The part that one output is: `separateParts` has made a node of each. */
export const split: Operation = {
  type: 'Split',
  inputs: [1, 2],
  batching: alongAxis(0),
  forward: (context) => [cut(context.builder, valueAt(context, 0), [splitPart(context)])],
  backward: (context) => backInPlace(context, [splitPart(context)]),
};

const backInPlace = (context: BackwardContext, parts: readonly AxisPart[]): Value =>
  setApart(context.builder, context.cotangent, parts, cotangentShape(context, 0));

/** A part of an axis, and whether it is read from its end: by a negative step. */
interface SlicedPart extends AxisPart {
  readonly isTurned: boolean;
}

/** Elements along each axis that is read from its end in the other order, which is its own reverse. */
function turned({ builder: b }: NodeContext, x: Value, parts: readonly SlicedPart[]): Value {
  return parts
    .filter(({ isTurned, count }) => isTurned && count > 1)
    .reduce((value, { axis, count }) => pick(b, value, axis, [...Array(count).keys()].reverse()), x);
}

function slicedParts(context: NodeContext): SlicedPart[] {
  const { shape } = valueAt(context, 0);
  const [starts, ends] = [sizesAt(context, 1), sizesAt(context, 2)];
  const axes = namedAxes(context, 3, shape.length) ?? starts.map((_, axis) => axis);
  const steps = context.operands[4] ? sizesAt(context, 4) : starts.map(() => 1);
  if ([ends, axes, steps].some(({ length }) => length !== starts.length))
    throw new ModelError(
      `it has ${starts.length} starts, ${ends.length} ends, ${axes.length} axes and ${steps.length} steps`,
    );
  return axes.flatMap((axis, index) => {
    const [from, to, step] = [Number(starts[index]), Number(ends[index]), Number(steps[index])];
    if (!Number.isInteger(step) || step === 0) throw new ModelError(`step ${steps[index]} leads nowhere`);
    if (shape[axis] === 'N') {
      if (from === 0 && step === 1 && to >= 2 ** 31 - 1) return [];
      throw mixes(axis, shape);
    }
    const size = sizeOf(shape, axis);
    const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
    const place = (at: number) => Math.max(least, Math.min(most, at < 0 ? at + size : at));
    const [first, end] = [place(from), place(to)];
    const count = Math.ceil((end - first) / step);
    if (!(count > 0))
      throw new ModelError(
        `${from} to ${to}${step > 0 ? '' : ` in steps of ${step}`} leaves nothing of axis ${axis}, which has ${size}`,
      );
    const start = step > 0 ? first : first + (count - 1) * step;
    return [{ axis, start, count, step: Math.abs(step), isTurned: step < 0 }];
  });
}

function splitPart(context: NodeContext): AxisPart {
  const { node } = context;
  const { shape } = valueAt(context, 0);
  const axis = normalizeAxis(intAttribute(node, 'axis', 0), shape.length);
  if (shape[axis] === 'N') throw mixes(axis, shape);
  const size = sizeOf(shape, axis);
  const given = context.operands[1] ? sizesAt(context, 1).map(Number) : null;
  const sizes = partSizes(node, size, axis, given);
  const index = requiredInt(node, 'part');
  const start = sizes.slice(0, index).reduce((sum, one) => sum + one, 0);
  return { axis, start, count: sizes[index] ?? 0, step: 1 };
}

const mixes = (axis: number, shape: Shape): ModelError =>
  new ModelError(`axis ${axis} of ${formatShape(shape)} is the batch's: it would pick among images`);
