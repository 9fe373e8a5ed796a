import type { GraphBuilder, Value } from '../graph/builder.js';
import { reshape, transpose } from '../graph/layout.js';
import { normalizeAxis } from '../graph/shape.js';
import { elementCount, type FloatTensor, type IntegerTensor, type Tensor } from '../onnx/model.js';
import { transposed } from '../onnx/transposed.js';
import { listed } from '../shown.js';
import type { Constant, Origin, View } from './operand.js';
import { holdsImages, perImage, type Size, timesImages } from './sizes.js';

/** Axes of a tensor, at most: no runtime takes as many. */
const largestRank = 64;

function requireRank(rank: number): void {
  if (rank > largestRank) throw new RangeError(`a tensor of ${rank} axes is not supported`);
}

/** The origin of a tensor that the file declares. */
export function declared(name: string, how: Origin['declared'], tensor: Tensor): Origin {
  return { name, declared: how, dims: tensor.dims, view: null };
}

/** Brings a per-image gradient [N, …] of a tensor as it is used into the shape of the tensor that the file declares. */
export function toDeclared(b: GraphBuilder, { view }: Origin, gradient: Value): Value {
  let undone = gradient;
  for (let at: View | null = view; at !== null; at = at.before) undone = undo(b, undone, at);
  return undone;
}

function undo(b: GraphBuilder, gradient: Value, { dims, order }: View): Value {
  if (!order) return reshape(b, gradient, ['N', ...dims]);
  return transpose(b, gradient, [0, ...order.map((_, axis) => order.indexOf(axis) + 1)]);
}

/** A constant in another shape of the same elements. @throws RangeError where their numbers differ */
export function reshaped(operand: Constant, dims: readonly number[]): Constant {
  const { tensor, origin } = operand;
  requireRank(dims.length);
  if (elementCount(dims) !== elementCount(tensor.dims))
    throw new RangeError(`[${listed(tensor.dims)}] can't be reshaped to [${listed(dims)}]`);
  return {
    kind: 'constant',
    tensor: { ...tensor, dims },
    origin: origin && { ...origin, view: { dims: tensor.dims, order: null, before: origin.view } },
  };
}

/** A constant with its axes in another order, its elements copied. */
export function reordered(
  operand: Constant & { readonly tensor: FloatTensor | IntegerTensor },
  order: readonly number[],
): Constant {
  const { tensor, origin } = operand;
  return {
    kind: 'constant',
    tensor: transposed(tensor, order),
    origin: origin && { ...origin, view: { dims: tensor.dims, order, before: origin.view } },
  };
}

/** @throws RangeError where `perm` is no order of so many axes */
export function requireOrder(order: readonly number[], rank: number): readonly number[] {
  const axes = new Set(order);
  const isAxis = (axis: number) => Number.isInteger(axis) && axis >= 0 && axis < rank;
  if (order.length !== rank || axes.size !== rank || !order.every(isAxis))
    throw new RangeError(`perm is [${listed(order)}], expected an order of ${rank} axes`);
  return order;
}

/** A shape without axes of size 1: those that are named, or all. @throws RangeError where a named one is of another size */
export function squeezed<D extends Size>(dims: readonly D[], axes: readonly number[] | null): D[] {
  const at = new Set(axes?.map((axis) => normalizeAxis(axis, dims.length)));
  for (const axis of at)
    if (dims[axis] !== 1)
      throw new RangeError(`axis ${axis} of [${listed(dims)}] can't be squeezed away: its size is not 1`);
  return dims.filter((size, axis) => (axes ? !at.has(axis) : size !== 1));
}

/** A shape with axes of size 1 put in. @throws RangeError where one is named twice */
export function unsqueezed<D extends Size>(dims: readonly D[], axes: readonly number[]): (D | number)[] {
  const rank = dims.length + axes.length;
  requireRank(rank);
  const at = new Set(axes.map((axis) => normalizeAxis(axis, rank)));
  if (at.size !== axes.length) throw new RangeError(`axes [${listed(axes)}] name an axis twice`);
  let from = 0;
  return Array.from({ length: rank }, (_, axis): D | number => (at.has(axis) ? 1 : (dims[from++] ?? 1)));
}

/**
 * The sizes that a Reshape target stands for: 0 copies a size, −1 takes what is left.
 * @throws RangeError when the element counts can't agree
 */
export function resolveReshape(shape: readonly Size[], target: readonly Size[], allowZero = false): Size[] {
  const change = `reshape [${listed(shape)}] → [${listed(target)}]`;
  const isSize = (size: Size) => holdsImages(size) || (Number.isSafeInteger(size) && size >= -1);
  if (!target.every(isSize) || target.filter((size) => size === -1).length > 1)
    throw new RangeError(`${change} is not possible: expected sizes, of which one may be −1`);
  const copied = target.map((size, axis): Size => (size === 0 && !allowZero ? (shape[axis] ?? 0) : size));
  if (!copied.includes(-1)) return copied;
  const count = (sizes: readonly Size[]) =>
    sizes.reduce<number>((product, size) => (size === -1 ? product : product * perImage(size)), 1);
  const rest = count(shape) / count(copied);
  if (!Number.isInteger(rest)) throw new RangeError(`${change} does not divide`);
  const takesImages = shape.some(holdsImages) && !copied.some(holdsImages);
  return copied.map((size) => (size === -1 ? (takesImages ? timesImages(rest) : rest) : size));
}
