import { ModelError } from '../errors.js';
import { add } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { concat, setApart, slice } from '../graph/layout.js';
import { formatShape, type Shape, sizeOf } from '../graph/shape.js';
import { listed } from '../shown.js';

/** Elements that are mirrored at one edge, at most: each is a slice of its own. */
const mostMirrored = 256;

/** Elements that one axis gets in front and behind, mirrored at its first and its last one, which are not repeated. */
interface Reflection {
  readonly axis: number;
  readonly begin: number;
  readonly end: number;
}

/**
 * Padding with what lies behind the edges.
 * @param pads [begin…, end…] over all axes
 * @throws ModelError where an axis has too few elements, or is to be cut
 */
export function reflect(b: GraphBuilder, x: Value, pads: readonly number[]): Value {
  return reflectionsOf(x.shape, pads).reduce((inner, { axis, begin, end }) => {
    const size = sizeOf(inner.shape, axis);
    const at = (index: number) => slice(b, inner, axis, index, index + 1);
    const before = Array.from({ length: begin }, (_, step) => at(begin - step));
    const after = Array.from({ length: end }, (_, step) => at(size - 2 - step));
    return concat(b, [...before, inner, ...after], axis);
  }, x);
}

/** The gradient of what was padded: what was put around goes to the elements that it came from. */
export function reflectionGradient(
  b: GraphBuilder,
  cotangent: Value,
  shape: Shape,
  pads: readonly number[],
): Value {
  return reflectionsOf(shape, pads).reduceRight((outer, { axis, begin, end }) => {
    const size = sizeOf(shape, axis);
    const inner = slice(b, outer, axis, begin, begin + size);
    /** Elements [start, end) in reverse order, from `place` of the inner axis on. */
    const mirrored = (start: number, length: number, place: number): readonly Value[] => {
      if (length === 0) return [];
      const columns = Array.from({ length }, (_, step) => {
        const index = start + length - 1 - step;
        return slice(b, outer, axis, index, index + 1);
      });
      const part = { axis, start: place, count: length, step: 1 };
      return [setApart(b, concat(b, columns, axis), [part], inner.shape)];
    };
    const parts = [...mirrored(0, begin, 1), ...mirrored(begin + size, end, size - 1 - end)];
    return parts.reduce((total, part) => add(b, total, part), inner);
  }, cotangent);
}

function reflectionsOf(shape: Shape, pads: readonly number[]): readonly Reflection[] {
  const rank = shape.length;
  return shape.flatMap((size, axis): Reflection[] => {
    const [begin = 0, end = 0] = [pads[axis], pads[axis + rank]];
    if (begin === 0 && end === 0) return [];
    if (Math.min(begin, end) < 0 || Math.max(begin, end) >= Number(size))
      throw new ModelError(
        `pads [${listed(pads)}] can't be reflections of ${formatShape(shape)}: expected fewer than the axis has elements`,
      );
    if (Math.max(begin, end) > mostMirrored)
      throw new ModelError(`reflections of more than ${mostMirrored} elements are not supported`);
    return [{ axis, begin, end }];
  });
}
