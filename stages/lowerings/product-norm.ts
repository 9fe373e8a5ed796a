import { multiply } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { transposeLast } from '../graph/layout.js';
import { wholeMatMul } from '../graph/matrix.js';
import { reduceSum, reduceSumSquare } from '../graph/reduction.js';
import { sizeOf } from '../graph/shape.js';

/** How ‖A·Bᵀ‖² is computed for matrices of P columns. */
export type ProductForm = 'rank-one' | 'direct' | 'gram';

/**
 * Cost of each form for A [a, P], B [b, P], in multiplications.
 * @param elementCost of moving one element between operations
 */
export function productCost(
  form: ProductForm,
  a: number,
  b: number,
  positions: number,
  elementCost: number,
): number {
  switch (form) {
    case 'rank-one':
      return positions === 1 ? a + b : Number.POSITIVE_INFINITY;
    case 'direct':
      return a * b * positions + a * b * elementCost;
    case 'gram':
      return positions * positions * (a + b) + 3 * positions * positions * elementCost;
  }
}

const productForms: readonly ProductForm[] = ['rank-one', 'direct', 'gram'];

/** The form of least cost. */
export function cheapestForm(a: number, b: number, positions: number, elementCost: number): ProductForm {
  const cost = (form: ProductForm) => productCost(form, a, b, positions, elementCost);
  return productForms.reduce((best, form) => (cost(form) < cost(best) ? form : best));
}

/** A and B of a product A·Bᵀ for each image and group, a sum over positions. */
export interface ProductFactors {
  /** A, [N, G, a, P], or [N, G, P, a] where positions come first. */
  readonly left: Value;
  /** B, [N, G, b, P], or [N, G, P, b]. */
  readonly right: Value;
  readonly positions: 'first' | 'last';
}

/**
 * Σ over groups of ‖diag(s)·A·Bᵀ‖² for each image: the squared norm of a per-image weight gradient that is a sum over
 * positions, without keeping it.
 * @param rowScale s, [G, a]; ones when null
 * @returns [N]
 */
export function productNorm(
  b: GraphBuilder,
  factors: ProductFactors,
  form: ProductForm,
  rowScale: Float32Array | null = null,
): Value {
  const { left, right, positions } = factors;
  const rowDims = [sizeOf(left.shape, 1), sizeOf(left.shape, positions === 'last' ? 2 : 3)];
  const scaledLeft = (): Value =>
    rowScale === null
      ? left
      : multiply(
          b,
          left,
          b.floats([1, rowDims[0] ?? 1, ...besideRows(rowDims[1] ?? 1, positions)], rowScale),
        );
  switch (form) {
    case 'rank-one': {
      const squares = multiply(
        b,
        reduceSumSquare(b, scaledLeft(), [2, 3]),
        reduceSumSquare(b, right, [2, 3]),
      );
      return reduceSum(b, squares, [1]);
    }
    case 'direct': {
      return squaredNormOf(b, productOf(b, factors), rowScale);
    }
    case 'gram': {
      const grams = multiply(b, gram(b, scaledLeft(), positions), gram(b, right, positions));
      return reduceSum(b, grams, [1, 2, 3]);
    }
  }
}

/** Σ over groups of ‖diag(s)·P‖² of each image, P being [N, G, a, b] and s [G, a]; ones when null. */
export function squaredNormOf(b: GraphBuilder, product: Value, rowScale: Float32Array | null): Value {
  if (!rowScale) return reduceSumSquare(b, product, [1, 2, 3]);
  const rows = reduceSumSquare(b, product, [3]);
  const squared = rowScale.map((factor) => factor * factor);
  const dims = [1, sizeOf(product.shape, 1), sizeOf(product.shape, 2)];
  return reduceSum(b, multiply(b, rows, b.floats(dims, squared)), [1, 2]);
}

/** A·Bᵀ, [N, G, a, b]. */
export function productOf(b: GraphBuilder, { left, right, positions }: ProductFactors): Value {
  return positions === 'last'
    ? wholeMatMul(b, left, transposeLast(b, right))
    : wholeMatMul(b, transposeLast(b, left), right);
}

/** XᵀX over positions: [N, G, c, P], or [N, G, P, c], → [N, G, P, P]. */
export function gram(b: GraphBuilder, x: Value, positions: ProductFactors['positions'] = 'last'): Value {
  return positions === 'last'
    ? wholeMatMul(b, transposeLast(b, x), x)
    : wholeMatMul(b, x, transposeLast(b, x));
}

/** The shape, beside groups, of a factor for each of so many rows. */
const besideRows = (rows: number, positions: ProductFactors['positions']): [number, number] =>
  positions === 'last' ? [rows, 1] : [1, rows];
