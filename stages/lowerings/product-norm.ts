import { multiply } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { transposeLast } from '../graph/layout.js';
import { matMul } from '../graph/matrix.js';
import { reduceSum, reduceSumSquare } from '../graph/reduction.js';
import { sizeOf } from '../graph/shape.js';

/** How ‖A·Bᵀ‖² is computed for matrices of P columns. */
export type ProductForm = 'rank-one' | 'direct' | 'gram';

/** Multiplications of each form for A [a, P], B [b, P]. */
export function productCost(form: ProductForm, a: number, b: number, positions: number): number {
  switch (form) {
    case 'rank-one':
      return positions === 1 ? a + b : Number.POSITIVE_INFINITY;
    case 'direct':
      return a * b * positions + a * b;
    case 'gram':
      return positions * positions * (a + b + 1);
  }
}

/** The form with the fewest multiplications. */
export function cheapestForm(a: number, b: number, positions: number): ProductForm {
  const forms: readonly ProductForm[] = ['rank-one', 'direct', 'gram'];
  return forms.reduce((best, form) =>
    productCost(form, a, b, positions) < productCost(best, a, b, positions) ? form : best,
  );
}

/**
 * Σ over groups of ‖A·Bᵀ‖² for each image: the squared norm of a per-image weight gradient that is a sum over
 * positions, without keeping it.
 * @param left [N, G, a, P] @param right [N, G, b, P]
 * @returns [N]
 */
export function productNorm(
  b: GraphBuilder,
  left: Value,
  right: Value,
  form: ProductForm = cheapestForm(sizeOf(left.shape, 2), sizeOf(right.shape, 2), sizeOf(left.shape, 3)),
): Value {
  switch (form) {
    case 'rank-one': {
      const squares = multiply(b, reduceSumSquare(b, left, [2, 3]), reduceSumSquare(b, right, [2, 3]));
      return reduceSum(b, squares, [1]);
    }
    case 'direct':
      return reduceSumSquare(b, matMul(b, left, transposeLast(b, right)), [1, 2, 3]);
    case 'gram':
      return reduceSum(b, multiply(b, gram(b, left), gram(b, right)), [1, 2, 3]);
  }
}

/** XᵀX over positions: [N, G, c, P] → [N, G, P, P]. */
function gram(b: GraphBuilder, x: Value): Value {
  return matMul(b, transposeLast(b, x), x);
}
