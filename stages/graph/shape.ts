import { listed } from '../shown.js';

/** A size, or `N`: the number of images in the batch, fixed or free when the graph is written. */
export type Dim = number | 'N';
export type Shape = readonly Dim[];

/** Elements of one image's part of a value, at most: what is beyond comes from a damaged file, and no engine has room. */
export const largestValue = 2 ** 30;

/** @throws RangeError for the shape of a value that can't be computed */
export function requireShape(shape: Shape): void {
  const isSize = (size: Dim) => size === 'N' || (Number.isSafeInteger(size) && size > 0);
  if (!shape.every(isSize) || elementsPerImage(shape) > largestValue)
    throw new RangeError(
      `a value of shape ${formatShape(shape)} can't be computed: expected positive sizes, and ${largestValue} elements an image at most`,
    );
}

/** A shape as it is read in messages: `[N, 64, 56, 56]`. */
export function formatShape(shape: readonly (number | string)[]): string {
  return `[${listed(shape, 12)}]`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** The size of one axis, which must not be the batch's. @throws RangeError when it is, or when there is no such axis. */
export function sizeOf(shape: Shape, axis: number): number {
  const size = shape[axis];
  if (typeof size !== 'number')
    throw new RangeError(`axis ${axis} of ${formatShape(shape)} has no fixed size`);
  return size;
}

/** Elements of one image's part: the product of all sizes but the batch's. */
export function elementsPerImage(shape: Shape): number {
  return shape.reduce<number>((product, size) => (size === 'N' ? product : product * size), 1);
}

/** The shape of an elementwise operation's result. @throws RangeError where the two don't broadcast. */
export function broadcastShapes(a: Shape, b: Shape): Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [p, q] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1];
    if (p === q || q === 1) return p;
    if (p === 1) return q;
    throw new RangeError(`${formatShape(a)} and ${formatShape(b)} don't broadcast`);
  });
}

/** An axis counted from the front, for one that may be negative. @throws RangeError when there is no such axis. */
export function normalizeAxis(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (positive < 0 || positive >= rank)
    throw new RangeError(
      `axis ${axis} does not exist at rank ${rank}${rank > 0 ? `, expected ${-rank} to ${rank - 1}` : ''}`,
    );
  return positive;
}
