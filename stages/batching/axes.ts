import { ModelError } from '../errors.js';
import { formatShape, normalizeAxis } from '../graph/shape.js';
import { intAttribute } from '../import/attributes.js';
import { type BatchAxis, emittedAxis, holdsOnlyImages, isFirstAxis } from '../import/batch-axis.js';
import { givenAxes, sizesAt } from '../import/known-sizes.js';
import type { Activation } from '../import/operand.js';
import { holdsImages, type Size } from '../import/sizes.js';
import { requireOrder } from '../import/views.js';
import type { Node } from '../onnx/model.js';
import {
  type BatchedNode,
  type Batching,
  firstOf,
  type ImageNode,
  integers,
  isSameForAll,
  type Prepared,
  refuseMixing,
  shapeInModel,
} from './batching.js';

/** Operations that name axes, brought to the axes of one image's part. */

/** The same node with the images as first axis needs no change. */
const unlessFirst =
  (batching: (node: BatchedNode, x: Activation) => ImageNode): Batching =>
  (batched) => {
    const x = firstOf(batched.operands);
    if (isFirstAxis(x.batch)) return { ...batched, batch: x.batch };
    return batching(batched, x);
  };

/** An axis of one image's part. @throws ModelError where it is the batch's */
function partAxis(axis: number, x: Activation): number {
  const at = normalizeAxis(axis, shapeInModel(x).length);
  return (at === x.batch?.axis ? null : emittedAxis(at, x.batch)) ?? refuseMixing(at, x);
}

const withAxis = (node: Node, axis: number): Node => ({
  ...node,
  attributes: new Map(node.attributes).set('axis', { kind: 'int', value: axis }),
});

/** By the attribute `axis`: that one alone, or with all behind it. */
export const alongAxis = (usual: number, and: 'alone' | 'behind' = 'alone'): Batching =>
  unlessFirst(({ node, operands }, x) => {
    const axis = normalizeAxis(intAttribute(node, 'axis', usual), shapeInModel(x).length);
    if (and === 'behind' && x.batch && x.batch.axis > axis) refuseMixing(x.batch.axis, x);
    return { node: withAxis(node, partAxis(axis, x)), operands, batch: x.batch };
  });

/** By the axis in an input. */
export const alongAxisAt = (slot: number): Batching =>
  unlessFirst(({ node, operands }, x) => {
    const [axis = 0] = sizesAt({ operands }, slot).map(Number);
    return { node, operands: operands.with(slot, integers([partAxis(axis, x)])), batch: x.batch };
  });

/** By the axes in an input, which may be kept with size 1 or not. */
export const overAxes: Batching = unlessFirst(({ node, operands }, x) => {
  const rank = shapeInModel(x).length;
  const named = givenAxes({ operands }, 1);
  if (!named && intAttribute(node, 'noop_with_empty_axes', 0) !== 0)
    return { node, operands, batch: x.batch };
  const axes = (named ?? [...Array(rank).keys()]).map((axis) => normalizeAxis(axis, rank));
  const keeps = intAttribute(node, 'keepdims', 1) !== 0;
  return {
    node,
    operands: [x, integers(axes.map((axis) => partAxis(axis, x)))],
    batch: keeps ? x.batch : without(x.batch, axes),
  };
});

/** By the axes in an input, with starts, ends and steps beside it. */
export const slicing: Batching = unlessFirst(({ node, operands }, x) => {
  const shape = shapeInModel(x);
  const [starts, ends] = [sizesAt({ operands }, 1), sizesAt({ operands }, 2)];
  const axes = givenAxes({ operands }, 3) ?? starts.map((_, axis) => axis);
  const steps = givenAxes({ operands }, 4) ?? starts.map(() => 1);
  const kept = axes.flatMap((axis, index) => {
    const at = normalizeAxis(axis, shape.length);
    const [start = 0, end = 0] = [starts[index], ends[index]];
    const size = shape[at];
    const isWhole =
      start === 0 && steps[index] === 1 && (end === size || (!holdsImages(end) && end >= 2 ** 31 - 1));
    if (isWhole) return [];
    return [{ at: partAxis(at, x), start, end, step: steps[index] ?? 1 }];
  });
  const column = (of: (part: (typeof kept)[number]) => Size) => integers(kept.map(of));
  return {
    node,
    operands: [
      x,
      column(({ start }) => start),
      column(({ end }) => end),
      column(({ at }) => at),
      column(({ step }) => step),
    ],
    batch: x.batch,
  };
});

/** One place along the axis of the attribute, which goes, or several, along as many axes as they have. */
export const gathering: Batching = ({ node, operands }) => {
  const x = firstOf(operands);
  const axis = normalizeAxis(intAttribute(node, 'axis', 0), shapeInModel(x).length);
  const [, index] = operands;
  const axes =
    index?.kind === 'sizes'
      ? index.scalar
        ? 0
        : 1
      : index?.kind === 'constant'
        ? index.tensor.dims.length
        : 1;
  const moved = x.batch && x.batch.axis > axis ? { ...x.batch, axis: x.batch.axis + axes - 1 } : x.batch;
  return { node: withAxis(node, partAxis(axis, x)), operands, batch: moved };
};

/** By the order of all axes. */
export const reordering: Batching = (batched) => {
  const x = firstOf(batched.operands);
  const rank = shapeInModel(x).length;
  const given = batched.node.attributes.get('perm');
  const order = requireOrder(given?.kind === 'ints' ? given.value : [...Array(rank).keys()].reverse(), rank);
  const perm = [0, ...order.flatMap((axis) => emittedAxis(axis, x.batch) ?? [])];
  const node: Node = { ...batched.node, attributes: new Map([['perm', { kind: 'ints', value: perm }]]) };
  return { node, operands: [x], batch: x.batch && { ...x.batch, axis: order.indexOf(x.batch.axis) } };
};

/** By begins and ends for all axes, or for those in an input. */
export const padding: Batching = unlessFirst(({ node, operands }, x) => {
  const rank = shapeInModel(x).length;
  const pads = sizesAt({ operands }, 1).map(Number);
  const axes = (givenAxes({ operands }, 3) ?? [...Array(rank).keys()]).map((axis) =>
    normalizeAxis(axis, rank),
  );
  const kept = axes.flatMap((axis, index) => {
    const [begin = 0, end = 0] = [pads[index], pads[index + axes.length]];
    return begin === 0 && end === 0 ? [] : [{ at: partAxis(axis, x), begin, end }];
  });
  if (pads.length !== 2 * axes.length)
    throw new ModelError(`${pads.length} pads for ${axes.length} axes, expected two for each`);
  const amounts = [...kept.map(({ begin }) => begin), ...kept.map(({ end }) => end)];
  return {
    node,
    operands: [x, integers(amounts), operands[2] ?? null, integers(kept.map(({ at }) => at))],
    batch: x.batch,
  };
});

/** By repetitions for all axes; what is the same for all images may be repeated for each of them. */
export const tiling: Batching = ({ node, operands, fixedBatch }) => {
  const x = firstOf(operands);
  const repeats = sizesAt({ operands }, 1);
  const shape = shapeInModel(x);
  if (repeats.length !== shape.length)
    throw new ModelError(`${repeats.length} repetitions for ${shape.length} axes, expected one for each`);
  // A file that was exported at a batch size writes it here.
  const isWritten = fixedBatch !== null && fixedBatch > 1 && isSameForAll(x) && repeats[0] === fixedBatch;
  const forEach = isWritten ? 0 : repeats.findIndex(holdsImages);
  if (forEach < 0) {
    if (x.batch && repeats[x.batch.axis] !== 1) refuseMixing(x.batch.axis, x);
    const part = x.batch && holdsOnlyImages(x.batch) ? repeats.toSpliced(x.batch.axis, 1) : repeats;
    return { node, operands: [x, integers([1, ...part])], batch: x.batch };
  }
  if (isWritten && shape[0] !== 1)
    throw new ModelError(
      `it repeats ${formatShape(shape)} for each of the ${fixedBatch} images that the file is written for, all along one axis, which is not supported; export the model for one image at a time`,
    );
  const isOnce = isWritten || repeats[forEach] === 'N';
  if (!isOnce || shape[forEach] !== 1 || !isSameForAll(x)) refuseMixing(forEach, x);
  const part = [...x.value.shape.slice(1).toSpliced(forEach, 1)];
  const prepared: Prepared = { kind: 'prepared', operand: x, shape: ['N', ...part] };
  return {
    node,
    operands: [prepared, integers([1, ...repeats.toSpliced(forEach, 1)])],
    batch: { axis: forEach, before: 1, after: 1 },
  };
};

/** Where the images are when axes before them are gone. */
function without(batch: BatchAxis | null, axes: readonly number[]): BatchAxis | null {
  return batch && { ...batch, axis: batch.axis - axes.filter((axis) => axis < batch.axis).length };
}
