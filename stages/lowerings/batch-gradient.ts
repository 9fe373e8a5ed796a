import { type GraphBuilder, int, type Value } from '../graph/builder.js';
import { transposeLast } from '../graph/layout.js';
import { elementsPerImage, formatShape, sizeOf } from '../graph/shape.js';
import type { ProductFactors } from './product-norm.js';

// What training takes of a layer is the sum over the batch of its weight gradients. With all positions of all images as rows it
// is one product, in which no image's own gradient is ever there.

/** Σ over images, [N, …] → […]. */
export function batchSum(b: GraphBuilder, x: Value): Value {
  if (x.shape[0] !== 'N') throw new RangeError(`${formatShape(x.shape)} has no images to sum over`);
  const shape = x.shape.slice(1);
  return b.emit('ReduceSum', [x, b.integers([0])], { keepdims: int(0) }, { shape, ofImages: true });
}

/** What a batch has summed, times constant factors that broadcast to it. */
export function timesFactors(b: GraphBuilder, x: Value, factors: Value): Value {
  return b.emit('Mul', [x, factors], {}, { shape: x.shape, ofImages: true });
}

/**
 * Σ over images and positions of A·Bᵀ, [a, b], for factors of one group; or null where a sum of each image's product moves less
 * memory, or the number of images is not known.
 */
export function batchProduct(b: GraphBuilder, { left, right, positions }: ProductFactors): Value | null {
  const [axis, other] = positions === 'last' ? [2, 3] : [3, 2];
  const [rows, columns, count] = [left, right, left].map(({ shape }, i) =>
    sizeOf(shape, i < 2 ? axis : other),
  );
  if (rows === undefined || columns === undefined || count === undefined) return null;
  if (b.batch === null || sizeOf(left.shape, 1) !== 1 || count * (rows + columns) > rows * columns)
    return null;
  const positionsFirst = (x: Value): Value => (positions === 'last' ? transposeLast(b, x) : x);
  return rowsProduct(b, positionsFirst(left), positionsFirst(right));
}

/**
 * Σ over images and positions of x ⊗ y, [K, M].
 * @param x [N, …positions, K] @param y [N, …positions, M]; the number of images must be known
 */
export function rowsProduct(b: GraphBuilder, x: Value, y: Value): Value {
  const [k, m] = [x, y].map(({ shape }) => sizeOf(shape, shape.length - 1));
  return b.emit(
    'Gemm',
    [allRows(b, x), allRows(b, y)],
    { transA: int(1) },
    { shape: [k ?? 1, m ?? 1], ofImages: true },
  );
}

/** [N, …, K] → [N·…, K] */
function allRows(b: GraphBuilder, x: Value): Value {
  if (b.batch === null || x.shape[0] !== 'N')
    throw new RangeError(`${formatShape(x.shape)} is of no known number of images`);
  const features = sizeOf(x.shape, x.shape.length - 1);
  const shape = [(b.batch * elementsPerImage(x.shape)) / features, features];
  // By −1, since of a batch of one the same numbers may be a shape whose first axis counts images.
  return b.emit('Reshape', [x, b.integers([-1, features])], {}, { shape, ofImages: true });
}
