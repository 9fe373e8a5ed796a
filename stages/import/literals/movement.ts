import { broadcastShapes, normalizeAxis } from '../../graph/shape.js';
import type { Node } from '../../onnx/model.js';
import { listed } from '../../shown.js';
import { intAttribute, requiredInt, textAttribute } from '../attributes.js';
import type { FoldingBudget } from '../folding-budget.js';
import { partSizes } from '../split-parts.js';
import { repeated } from './elementwise.js';
import { type Literal, literal, placeOf, stridesOf } from './literal.js';
import { oneHot } from './one-hot.js';
import { padded } from './padding.js';
import { reduced, reductionTypes } from './reductions.js';
import { cumulativeSum, triangle } from './scans.js';

type Move = (node: Node, budget: FoldingBudget, literals: readonly (Literal | null)[]) => Literal | null;

/** Operations that give elements of literals at other places. */
export const movements: ReadonlyMap<string, Move> = new Map<string, Move>([
  [
    'Expand',
    (_, budget, [x = null, shape = null]) => x && shape && expanded(x, Array.from(shape.data), budget),
  ],
  ['Concat', (node, budget, parts) => joined(requiredInt(node, 'axis'), parts, budget)],
  ['Pad', (node, budget, [x = null, ...bounds]) => x && padded(node, x, bounds, budget)],
  ['Slice', (_, budget, [x = null, ...bounds]) => x && sliced(x, bounds, budget)],
  [
    'Gather',
    (node, budget, [x = null, indices = null]) =>
      x && indices && gathered(x, indices, intAttribute(node, 'axis', 0), budget),
  ],
  [
    'ScatterND',
    (node, budget, [x = null, indices = null, updates = null]) =>
      textAttribute(node, 'reduction', 'none') === 'none' && x && indices && updates
        ? scattered(x, indices, updates, budget)
        : null,
  ],
  [
    'Split',
    // Of all its outputs `separateParts` has made a node each.
    (node, budget, [x = null, sizes = null]) =>
      x && node.attributes.has('part') ? part(node, x, sizes, budget) : null,
  ],
  [
    'Tile',
    (_, budget, [x = null, repeats = null]) => x && repeats && tiled(x, Array.from(repeats.data), budget),
  ],
  ['CumSum', (node, budget, [x = null, axis = null]) => x && axis && cumulativeSum(node, x, axis, budget)],
  [
    'OneHot',
    (node, budget, [places = null, depth = null, values = null]) =>
      places && depth && values && oneHot(node, places, depth, values, budget),
  ],
  ...reductionTypes.map((type): [string, Move] => [
    type,
    (node, budget, [x = null, axes = null]) => x && reduced(node, x, axes, budget),
  ]),
  ['Trilu', (node, budget, [x = null, diagonal = null]) => x && triangle(node, x, diagonal, budget)],
]);

/** The element at each place of a shape, by where it comes from. */
function moved(
  x: Literal,
  dims: readonly number[],
  budget: FoldingBudget,
  from: (place: readonly number[]) => readonly number[],
): Literal {
  const strides = stridesOf(x.dims);
  return literal(budget, x.type, dims, (index) => {
    const source = from(placeOf(index, dims)).reduce((sum, at, axis) => sum + at * (strides[axis] ?? 0), 0);
    return x.data[source] ?? 0;
  });
}

function expanded(x: Literal, shape: readonly number[], budget: FoldingBudget): Literal {
  const dims = broadcastShapes(x.dims, shape).map(Number);
  return literal(budget, x.type, dims, repeated(x, dims));
}

function tiled(x: Literal, repeats: readonly number[], budget: FoldingBudget): Literal {
  if (
    repeats.length !== x.dims.length ||
    !repeats.every((times) => Number.isSafeInteger(times) && times >= 0)
  )
    throw new RangeError(`repeats [${listed(repeats)}] don't fit [${listed(x.dims)}]`);
  const dims = x.dims.map((size, axis) => size * (repeats[axis] ?? 1));
  return moved(x, dims, budget, (place) => place.map((at, axis) => at % (x.dims[axis] ?? 1)));
}

function joined(axis: number, parts: readonly (Literal | null)[], budget: FoldingBudget): Literal | null {
  const [first] = parts;
  if (!first || !parts.every((part) => part !== null)) return null;
  const at = normalizeAxis(axis, first.dims.length);
  const sizes = parts.map(({ dims }) => dims[at] ?? 0);
  const differs = parts.find(
    ({ dims }) => String(dims.toSpliced(at, 1)) !== String(first.dims.toSpliced(at, 1)),
  );
  if (differs) throw new RangeError(`[${listed(first.dims)}] and [${listed(differs.dims)}] can't be joined`);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const dims = first.dims.with(at, total);
  return literal(budget, first.type, dims, (index) => {
    const place = placeOf(index, dims);
    let along = place[at] ?? 0;
    for (const part of parts) {
      const size = part.dims[at] ?? 0;
      if (along < size) {
        const strides = stridesOf(part.dims);
        const source = place
          .with(at, along)
          .reduce((sum, one, other) => sum + one * (strides[other] ?? 0), 0);
        return part.data[source] ?? 0;
      }
      along -= size;
    }
    return 0;
  });
}

function sliced(x: Literal, bounds: readonly (Literal | null)[], budget: FoldingBudget): Literal | null {
  const [starts, ends, axes, steps] = bounds.map((one) => one && Array.from(one.data));
  if (!starts || !ends) return null;
  const rank = x.dims.length;
  const from = x.dims.map(() => 0);
  const by = x.dims.map(() => 1);
  const dims = [...x.dims];
  starts.forEach((start, index) => {
    const axis = normalizeAxis(axes?.[index] ?? index, rank);
    const size = x.dims[axis] ?? 0;
    const step = steps?.[index] ?? 1;
    if (step === 0) throw new RangeError('counts in steps of 0');
    const within = (place: number, least: number, most: number) =>
      Math.min(Math.max(place < 0 ? place + size : place, least), most);
    const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
    from[axis] = within(start, Math.max(low, 0), high);
    by[axis] = step;
    const end = within(ends[index] ?? size, low, high);
    dims[axis] = Math.max(0, Math.ceil((end - (from[axis] ?? 0)) / step));
  });
  return moved(x, dims, budget, (place) => place.map((at, axis) => (from[axis] ?? 0) + at * (by[axis] ?? 1)));
}

/** The part that one output of a Split is. */
function part(node: Node, x: Literal, sizes: Literal | null, budget: FoldingBudget): Literal {
  const axis = normalizeAxis(intAttribute(node, 'axis', 0), x.dims.length);
  const lengths = partSizes(node, x.dims[axis] ?? 0, axis, sizes && Array.from(sizes.data));
  const index = requiredInt(node, 'part');
  const start = lengths.slice(0, index).reduce((sum, one) => sum + one, 0);
  return moved(x, x.dims.with(axis, lengths[index] ?? 0), budget, (place) =>
    place.with(axis, start + (place[axis] ?? 0)),
  );
}

function gathered(x: Literal, indices: Literal, axis: number, budget: FoldingBudget): Literal {
  const at = normalizeAxis(axis, x.dims.length);
  const size = x.dims[at] ?? 0;
  const strides = stridesOf(indices.dims);
  const { length } = indices.dims;
  for (const index of indices.data)
    if (index < -size || index >= size)
      throw new RangeError(`index ${index} is none of the ${size} elements that are gathered from`);
  return moved(x, x.dims.toSpliced(at, 1, ...indices.dims), budget, (place) => {
    const which = place
      .slice(at, at + length)
      .reduce((sum, one, other) => sum + one * (strides[other] ?? 0), 0);
    const index = indices.data[which] ?? 0;
    return place.toSpliced(at, length, index < 0 ? index + size : index);
  });
}

/** Slices of x replaced by updates: the last axis of the indices says where. */
function scattered(x: Literal, indices: Literal, updates: Literal, budget: FoldingBudget): Literal {
  const depth = indices.dims.at(-1) ?? 0;
  const strides = stridesOf(x.dims);
  const slice = x.dims.slice(depth).reduce((product, size) => product * size, 1);
  const slices = depth === 0 ? 0 : indices.data.length / depth;
  if (depth > x.dims.length || updates.data.length !== slices * slice)
    throw new RangeError(
      `indices [${listed(indices.dims)}] and updates [${listed(updates.dims)}] don't fit [${listed(x.dims)}]`,
    );
  const result = literal(budget, x.type, x.dims, (index) => x.data[index] ?? 0);
  for (let one = 0; one < slices; one++) {
    let to = 0;
    for (let axis = 0; axis < depth; axis++) {
      const size = x.dims[axis] ?? 0;
      const index = indices.data[one * depth + axis] ?? 0;
      if (index < -size || index >= size) throw new RangeError(`index ${index} of an axis of ${size}`);
      to += (index < 0 ? index + size : index) * (strides[axis] ?? 0);
    }
    result.data.set(updates.data.subarray(one * slice, (one + 1) * slice), to);
  }
  return result;
}
