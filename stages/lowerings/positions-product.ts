import type { GraphBuilder, Value } from '../graph/builder.js';
import { reshape, transposeLast } from '../graph/layout.js';
import { matMul } from '../graph/matrix.js';
import { elementsPerImage, sizeOf } from '../graph/shape.js';
import type { Lowerings } from './lowerings.js';
import { cheapestForm, productNorm } from './product-norm.js';

/**
 * Σ over positions of x ⊗ δ, the gradient of a linear layer's matrix for each image: [N, K, M].
 * @param x [N, …positions, K], or [1, …] where it is the same for all images
 * @param cotangent δ, [N, …positions, M]
 */
export function positionsProduct(b: GraphBuilder, x: Value, cotangent: Value): Value {
  return matMul(b, transposeLast(b, rowsOf(b, x)), rowsOf(b, cotangent));
}

/**
 * The squared norm of that for each image, [N], by the cheapest form.
 * @param x [N, …positions, K]
 */
export function positionsProductNorm(
  b: GraphBuilder,
  x: Value,
  cotangent: Value,
  { elementCost }: Pick<Lowerings, 'elementCost'>,
): Value {
  const inOneGroup = (factor: Value): Value => {
    const rows = rowsOf(b, factor);
    return reshape(b, rows, ['N', 1, sizeOf(rows.shape, 1), sizeOf(rows.shape, 2)]);
  };
  // As they lie, positions first: what has to be transposed is part of a product.
  const [left, right] = [inOneGroup(x), inOneGroup(cotangent)];
  const [positions, rows, columns] = [sizeOf(left.shape, 2), sizeOf(left.shape, 3), sizeOf(right.shape, 3)];
  return productNorm(
    b,
    { left, right, positions: 'first' },
    cheapestForm(rows, columns, positions, elementCost),
  );
}

/** [N, P, features], P positions. */
function rowsOf(b: GraphBuilder, value: Value): Value {
  const features = sizeOf(value.shape, value.shape.length - 1);
  return reshape(b, value, [value.shape[0] ?? 'N', elementsPerImage(value.shape) / features, features]);
}
