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
  const positionsLast = (factor: Value): Value => {
    const columns = transposeLast(b, rowsOf(b, factor));
    return reshape(b, columns, ['N', 1, sizeOf(columns.shape, 1), sizeOf(columns.shape, 2)]);
  };
  const [left, right] = [positionsLast(x), positionsLast(cotangent)];
  const [rows, columns, positions] = [sizeOf(left.shape, 2), sizeOf(right.shape, 2), sizeOf(left.shape, 3)];
  return productNorm(
    b,
    { left, right, positions: 'last' },
    cheapestForm(rows, columns, positions, elementCost),
  );
}

/** [N, P, features], P positions. */
function rowsOf(b: GraphBuilder, value: Value): Value {
  const features = sizeOf(value.shape, value.shape.length - 1);
  return reshape(b, value, [value.shape[0] ?? 'N', elementsPerImage(value.shape) / features, features]);
}
