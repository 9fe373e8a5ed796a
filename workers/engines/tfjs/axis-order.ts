/**
 * In which order memory holds the axes of a tensor: physical axis j is logical axis order[j]. Graphs speak of logical
 * axes ([N, C, H, W]); TensorFlow.js sees physical ones.
 */
export type AxisOrder = readonly number[];

/** What convolutions and pools of TensorFlow.js want of [N, C, H, W]. */
export const channelsLast: AxisOrder = [0, 2, 3, 1];

export function rowMajor(rank: number): AxisOrder {
  return Array.from({ length: rank }, (_, axis) => axis);
}

/** Row-major matrices that are held transposed. */
export function transposedMatrices(rank: number): AxisOrder {
  return [...rowMajor(rank - 2), rank - 1, rank - 2];
}

/** The same for a tensor that is seen as one of a higher rank, by leading axes of size 1. */
export function withLeadingOnes(order: AxisOrder, rank: number): AxisOrder {
  const more = rank - order.length;
  return [...rowMajor(more), ...order.map((axis) => axis + more)];
}

/** The permutation by which `transpose` brings a tensor from one order to another. */
export function permutation(from: AxisOrder, to: AxisOrder): number[] {
  return to.map((axis) => from.indexOf(axis));
}

/** Whether two orders hold the same numbers in the same places: only axes of size 1 stand elsewhere. */
export function sameMemory(dims: readonly number[], a: AxisOrder, b: AxisOrder): boolean {
  const long = (order: AxisOrder): AxisOrder => order.filter((axis) => dims[axis] !== 1);
  const other = long(b);
  return long(a).every((axis, index) => axis === other[index]);
}

/** Sizes of the physical axes. */
export function physical(dims: readonly number[], order: AxisOrder): number[] {
  return order.map((axis) => dims[axis] ?? 1);
}

/** The order of what is left when axes are dropped. */
export function without(order: AxisOrder, dropped: readonly number[]): AxisOrder {
  const kept = order.filter((axis) => !dropped.includes(axis));
  return kept.map((axis) => axis - dropped.filter((other) => other < axis).length);
}

/**
 * The order in which a reshaped tensor is held by the same memory, or null where the reshape has to move numbers. Axes
 * are merged and divided in groups of equal size; the axes of a group must be neighbours in memory, in their order.
 */
export function reshapedOrder(
  from: readonly number[],
  to: readonly number[],
  order: AxisOrder,
): AxisOrder | null {
  const groups = axisGroups(from, to);
  if (groups === null) return null;
  const left = order.filter((axis) => from[axis] !== 1);
  const reshaped: number[] = [];
  while (left.length > 0) {
    const group = groups.find(({ before }) => before[0] === left[0]);
    if (group === undefined) return null;
    const taken = left.splice(0, group.before.length);
    if (taken.some((axis, index) => axis !== group.before[index])) return null;
    reshaped.push(...group.after);
  }
  const ones = rowMajor(to.length).filter((axis) => to[axis] === 1);
  return [...ones, ...reshaped];
}

interface AxisGroup {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** The smallest runs of axes, those of size 1 left out, that hold equally many elements before and after. */
function axisGroups(from: readonly number[], to: readonly number[]): readonly AxisGroup[] | null {
  if ([...from, ...to].includes(0)) return null;
  const before = rowMajor(from.length).filter((axis) => from[axis] !== 1);
  const after = rowMajor(to.length).filter((axis) => to[axis] !== 1);
  const groups: AxisGroup[] = [];
  while (before.length > 0 || after.length > 0) {
    const group = { before: before.splice(0, 1), after: after.splice(0, 1) };
    for (;;) {
      const [sizeBefore, sizeAfter] = [product(from, group.before), product(to, group.after)];
      if (sizeBefore === sizeAfter) break;
      const next = sizeBefore < sizeAfter ? before.shift() : after.shift();
      if (next === undefined) return null;
      (sizeBefore < sizeAfter ? group.before : group.after).push(next);
    }
    groups.push(group);
  }
  return groups;
}

function product(dims: readonly number[], axes: readonly number[]): number {
  return axes.reduce((size, axis) => size * (dims[axis] ?? 1), 1);
}
