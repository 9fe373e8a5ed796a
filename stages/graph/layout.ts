import { type GraphBuilder, int, ints, type Value } from './builder.js';
import {
  type Dim,
  elementsPerImage,
  formatShape,
  normalizeAxis,
  type Shape,
  sameShape,
  sizeOf,
} from './shape.js';

/**
 * Reshapes. The batch axis, where there is one, must be the first of both shapes.
 * @throws RangeError when the number of elements differs
 */
export function reshape(b: GraphBuilder, x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  const batchFirst = (s: Shape) => !s.slice(1).includes('N');
  if (
    !batchFirst(shape) ||
    !batchFirst(x.shape) ||
    (shape[0] === 'N') !== (x.shape[0] === 'N') ||
    elementsPerImage(shape) !== elementsPerImage(x.shape)
  )
    throw new RangeError(`${formatShape(x.shape)} can't be reshaped to ${formatShape(shape)}`);
  const target = b.integers(shape.map((size) => (size === 'N' ? (b.batch ?? 0) : size)));
  return b.emit('Reshape', [x, target], {}, { shape, type: x.type });
}

/** Permutes axes: axis i of the result is axis `order[i]` of x. */
export function transpose(b: GraphBuilder, x: Value, order: readonly number[]): Value {
  if (order.every((axis, index) => axis === index)) return x;
  const shape = order.map((axis): Dim => x.shape[axis] ?? sizeOf(x.shape, axis));
  return b.emit('Transpose', [x], { perm: ints(order) }, { shape, type: x.type });
}

/** Swaps the last two axes. */
export function transposeLast(b: GraphBuilder, x: Value): Value {
  const rank = x.shape.length;
  return transpose(b, x, [...Array(rank - 2).keys(), rank - 1, rank - 2]);
}

export function concat(b: GraphBuilder, parts: readonly Value[], axis: number): Value {
  const [first, ...others] = parts;
  if (!first) throw new RangeError('Concat needs at least one input');
  if (others.length === 0) return first;
  const at = normalizeAxis(axis, first.shape.length);
  const total = parts.reduce((size, part) => size + sizeOf(part.shape, at), 0);
  return b.emit(
    'Concat',
    parts,
    { axis: int(at) },
    { shape: first.shape.map((size, index) => (index === at ? total : size)), type: first.type },
  );
}

/** Elements [start, end) of one axis. */
export function slice(b: GraphBuilder, x: Value, axis: number, start: number, end: number): Value {
  return cut(b, x, [{ axis, start, count: end - start, step: 1 }]);
}

/** A part of an axis: elements from `start` on, `count` of them, every `step`-th. */
export interface AxisPart {
  readonly axis: number;
  readonly start: number;
  readonly count: number;
  readonly step: number;
}

/** The given parts of some axes, the others whole. */
export function cut(b: GraphBuilder, x: Value, parts: readonly AxisPart[]): Value {
  const cutting = parts.filter(({ axis, count }) => count !== x.shape[axis]);
  if (cutting.length === 0) return x;
  const ends = cutting.map(({ start, count, step }) => start + (count - 1) * step + 1);
  const steps = cutting.map(({ step }) => step);
  const numbers = [
    ...[cutting.map(({ start }) => start), ends, cutting.map(({ axis }) => axis)],
    ...(steps.every((step) => step === 1) ? [] : [steps]),
  ];
  return b.emit(
    'Slice',
    [x, ...numbers.map((each) => b.integers(each))],
    {},
    {
      shape: x.shape.map((size, axis) => cutting.find((part) => part.axis === axis)?.count ?? size),
      type: x.type,
    },
  );
}

/** The reverse of `cut`: a value of the given shape that holds what was cut where it was, and zeros elsewhere. */
export function setApart(b: GraphBuilder, x: Value, parts: readonly AxisPart[], shape: Shape): Value {
  const rank = shape.length;
  const pads = new Array<number>(2 * rank).fill(0);
  let apart = x;
  for (const { axis, start, count, step } of parts) {
    // Zeros behind each element, in an axis of their own.
    if (step > 1) {
      const around = (between: readonly number[]): Dim[] => apart.shape.toSpliced(axis, 1, ...between);
      const wide = reshape(b, apart, around([count, 1]));
      const zeros = new Array<number>(2 * rank + 2).fill(0).with(rank + 1 + axis + 1, step - 1);
      apart = reshape(b, pad(b, wide, zeros), around([count * step]));
    }
    pads[axis] = start;
    pads[axis + rank] = sizeOf(shape, axis) - start - count * step;
  }
  const whole = pad(b, apart, pads);
  const [part, another] = parts;
  if (part?.step === 1 && !another && whole !== apart) setApartParts.set(whole, { x: apart, part });
  return whole;
}

/** What `setApart` was given, by what it gave, where that is one part of one axis. */
const setApartParts = new WeakMap<Value, { readonly x: Value; readonly part: AxisPart }>();

/**
 * The parts of an axis that the values hold and that make up the whole of it together, joined: then their sum needs no
 * zeros and no addition. Null for any other values.
 */
export function joinedParts(b: GraphBuilder, values: readonly Value[]): Value | null {
  const parts = values.flatMap((value) => setApartParts.get(value) ?? []);
  const [first] = parts;
  if (!first || parts.length < values.length) return null;
  const { axis } = first.part;
  const inOrder = parts.toSorted((one, other) => one.part.start - other.part.start);
  let end = 0;
  for (const { part } of inOrder) {
    if (part.axis !== axis || part.start !== end) return null;
    end += part.count;
  }
  if (end !== values[0]?.shape[axis]) return null;
  return concat(
    b,
    inOrder.map(({ x }) => x),
    axis,
  );
}

/** Of an image [N, C, H, W], every so many rows and columns from the first ones on, as many as are asked for. */
export function everySo(
  b: GraphBuilder,
  x: Value,
  first: readonly [row: number, column: number],
  steps: readonly [down: number, across: number],
  count: readonly [rows: number, columns: number],
): Value {
  const along = (axis: 0 | 1): AxisPart => ({
    axis: axis + 2,
    start: first[axis],
    count: count[axis],
    step: steps[axis],
  });
  return cut(b, x, [along(0), along(1)]);
}

/** Pads with a constant; `pads` is [begin…, end…] over all axes and may be negative (cuts). */
export function pad(b: GraphBuilder, x: Value, pads: readonly number[], value = 0): Value {
  if (pads.every((size) => size === 0)) return x;
  const rank = x.shape.length;
  const shape = x.shape.map((size, axis): Dim => {
    const extra = (pads[axis] ?? 0) + (pads[axis + rank] ?? 0);
    return size === 'N' ? size : size + extra;
  });
  // A rank-0 tensor is what every provider takes as the value.
  const inputs = value === 0 ? [x, b.integers(pads)] : [x, b.integers(pads), b.floats([], [value])];
  return b.emit('Pad', inputs, {}, { shape });
}
