import { ModelError } from '../errors.js';
import { add } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { concat, setApart, slice } from '../graph/layout.js';
import { reduceSum } from '../graph/reduction.js';
import { type Shape, sizeOf } from '../graph/shape.js';
import { listed } from '../shown.js';

/** Times that an edge is repeated, at most: the padded value is put together of so many parts. */
const mostRepeated = 256;

/** How often the first and the last element of an axis are repeated. */
interface Edges {
  readonly axis: number;
  readonly begin: number;
  readonly end: number;
}

/**
 * Padding with the outermost elements.
 * @param pads [begin…, end…] over all axes
 * @throws ModelError where an axis is to be cut, or repeated too often
 */
export function repeatEdges(b: GraphBuilder, x: Value, pads: readonly number[]): Value {
  return edgesOf(x.shape, pads).reduce((inner, { axis, begin, end }) => {
    const size = sizeOf(inner.shape, axis);
    const before = new Array<Value>(begin).fill(slice(b, inner, axis, 0, 1));
    const after = new Array<Value>(end).fill(slice(b, inner, axis, size - 1, size));
    return concat(b, [...before, inner, ...after], axis);
  }, x);
}

/** The gradient of what was padded: all that arrives at copies of an edge goes to the edge. */
export function repeatedEdgesGradient(
  b: GraphBuilder,
  cotangent: Value,
  shape: Shape,
  pads: readonly number[],
): Value {
  return edgesOf(shape, pads).reduceRight((outer, { axis, begin, end }) => {
    const size = sizeOf(shape, axis);
    const inner = slice(b, outer, axis, begin, begin + size);
    /** The sum of `count` elements from `start` on, at `place` of the inner axis. */
    const gathered = (start: number, count: number, place: number): readonly Value[] => {
      if (count === 0) return [];
      const sum = reduceSum(b, slice(b, outer, axis, start, start + count), [axis], true);
      return [setApart(b, sum, [{ axis, start: place, count: 1, step: 1 }], inner.shape)];
    };
    return [...gathered(0, begin, 0), ...gathered(begin + size, end, size - 1)].reduce(
      (total, part) => add(b, total, part),
      inner,
    );
  }, cotangent);
}

function edgesOf(shape: Shape, pads: readonly number[]): readonly Edges[] {
  const rank = shape.length;
  return shape.flatMap((_, axis): Edges[] => {
    const [begin = 0, end = 0] = [pads[axis], pads[axis + rank]];
    if (begin === 0 && end === 0) return [];
    if (Math.min(begin, end) < 0)
      throw new ModelError(`pads [${listed(pads)}] cut axis ${axis}, whose edges are to be repeated`);
    if (Math.max(begin, end) > mostRepeated)
      throw new ModelError(`edges that are repeated more than ${mostRepeated} times are not supported`);
    return [{ axis, begin, end }];
  });
}
