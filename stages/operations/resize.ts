import { resizing } from '../batching/resizing.js';
import { ModelError } from '../errors.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { transpose } from '../graph/layout.js';
import { matMul } from '../graph/matrix.js';
import { elementsPerImage, formatShape, largestValue, sizeOf } from '../graph/shape.js';
import { intsAttribute } from '../import/attributes.js';
import { sizesAt } from '../import/known-sizes.js';
import { type Interpolation, interpolationOf, weightsAlong } from '../lowerings/interpolation.js';
import { constantAt, valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';

/**
 * Interpolation to another size along some axes: nearest, linear or cubic, in all ways of placing pixels but a crop's.
 * Along each axis it is linear in what it reads, and so a product with a constant matrix.
 */
export const resize: Operation = {
  type: 'Resize',
  inputs: [1, 4],
  batching: resizing,
  forward(context) {
    const x = valueAt(context, 0);
    requireRoom(context);
    return [stretchesOf(context).reduce((value, stretch) => along(context, value, stretch, false), x)];
  },
  backward(context) {
    return stretchesOf(context).reduceRight(
      (value, stretch) => along(context, value, stretch, true),
      context.cotangent,
    );
  },
};

/** @throws ModelError where an image's part becomes larger than any value may be */
function requireRoom(context: NodeContext): void {
  const { shape } = valueAt(context, 0);
  const stretches = stretchesOf(context);
  const resized = stretches.reduce((sizes, { axis, to }) => sizes.with(axis, to), [...shape]);
  if (elementsPerImage(resized) > largestValue)
    throw new ModelError(
      `resizes ${formatShape(shape)} to ${formatShape(resized)}, more than the ${largestValue} elements an image that are supported; give a network that resizes to less, or export it for smaller images`,
    );
}

/** From how many numbers to how many along an axis. */
interface Stretch {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
  readonly scale: number;
}

/** The axes along which anything changes. */
function stretchesOf(context: NodeContext): Stretch[] {
  const { shape } = valueAt(context, 0);
  const axes = intsAttribute(context.node, 'axes', []);
  const scales = context.operands[2] ? Array.from(constantAt(context, 2).data) : null;
  const sizes = context.operands[3] ? sizesAt(context, 3).map(Number) : null;
  return axes.flatMap((axis, index): Stretch[] => {
    const from = sizeOf(shape, axis);
    const scale = scales ? (scales[index] ?? 0) : Math.fround((sizes?.[index] ?? 0) / from);
    const to = sizes?.[index] ?? Math.floor(Math.fround(from * scale));
    if (!(scale > 0 && Number.isSafeInteger(to) && to >= 1))
      throw new ModelError(`axis ${axis} of ${formatShape(shape)} can't be resized to ${to}`);
    if (scales && isBetweenCorners(context) && to !== Math.fround(from * scale))
      throw new ModelError(
        `align_corners and a scale of ${scale}, which makes no whole number of ${from}: runtimes differ in what that is; give sizes`,
      );
    return scale === 1 ? [] : [{ axis, from, to, scale }];
  });
}

const isBetweenCorners = ({ node }: NodeContext): boolean =>
  interpolationOf(node).coordinates === 'align_corners';

/** The product along an axis with the matrix of a stretch, or with its transpose. */
function along(context: NodeContext, x: Value, stretch: Stretch, back: boolean): Value {
  const { builder: b } = context;
  const { axis } = stretch;
  const rank = x.shape.length;
  const how = interpolationOf(context.node);
  if (axis === rank - 1) return matMul(b, x, matrix(b, how, stretch, !back));
  if (axis === rank - 2) return matMul(b, matrix(b, how, stretch, back), x);
  const order = [...Array(rank).keys()].toSpliced(axis, 1).concat(axis);
  const product = matMul(b, transpose(b, x, order), matrix(b, how, stretch, !back));
  return transpose(
    b,
    product,
    order.map((_, at) => order.indexOf(at)),
  );
}

/** The weights of what each result reads, [to, from], or transposed. */
function matrix(b: GraphBuilder, how: Interpolation, stretch: Stretch, isTransposed: boolean): Value {
  const { from, to, scale } = stretch;
  const dims = isTransposed ? [from, to] : [to, from];
  const key = `resize ${JSON.stringify([how, from, to, scale, isTransposed])}`;
  return b.derived(key, dims, () => {
    const data = new Float32Array(from * to);
    for (let at = 0; at < to; at++)
      for (const [place, weight] of weightsAlong(how, at, stretch)) {
        const index = isTransposed ? place * to + at : at * from + place;
        data[index] = (data[index] ?? 0) + weight;
      }
    return data;
  });
}
