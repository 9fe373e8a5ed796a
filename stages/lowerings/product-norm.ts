import { multiply } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { transposeLast } from '../graph/layout.js';
import { matMul } from '../graph/matrix.js';
import { reduceSum, reduceSumSquare } from '../graph/reduction.js';
import { sizeOf } from '../graph/shape.js';
import type { ProductForm } from './norm-form.js';

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

/**
 * Σ over groups of ‖diag(s)·A·Bᵀ‖² for each image: the squared norm of a per-image weight gradient that is a sum over
 * positions, without keeping it.
 * @param left A, [N, G, a, P] @param right B, [N, G, b, P]
 * @param rowScale s, [G, a]; ones when null
 * @returns [N]
 */
export function productNorm(
  b: GraphBuilder,
  left: Value,
  right: Value,
  form: ProductForm,
  rowScale: Float32Array | null = null,
): Value {
  switch (form) {
    case 'rank-one': {
      const rows = scaleRows(b, left, rowScale);
      const squares = multiply(b, reduceSumSquare(b, rows, [2, 3]), reduceSumSquare(b, right, [2, 3]));
      return reduceSum(b, squares, [1]);
    }
    case 'direct': {
      const product = matMul(b, left, transposeLast(b, right));
      if (!rowScale) return reduceSumSquare(b, product, [1, 2, 3]);
      const rows = reduceSumSquare(b, product, [3]);
      const squared = rowScale.map((factor) => factor * factor);
      return reduceSum(b, multiply(b, rows, b.floats([1, ...rowDims(left)], squared)), [1, 2]);
    }
    case 'gram': {
      const grams = multiply(b, gram(b, scaleRows(b, left, rowScale)), gram(b, right));
      return reduceSum(b, grams, [1, 2, 3]);
    }
  }
}

/** XᵀX over positions: [N, G, c, P] → [N, G, P, P]. */
export function gram(b: GraphBuilder, x: Value): Value {
  return matMul(b, transposeLast(b, x), x);
}

/** diag(s)·A. @param rows [N, G, a, P] @param scale [G, a], ones when null */
export function scaleRows(b: GraphBuilder, rows: Value, scale: Float32Array | null): Value {
  return scale ? multiply(b, rows, b.floats([1, ...rowDims(rows), 1], scale)) : rows;
}

const rowDims = (rows: Value): [groups: number, perGroup: number] => [
  sizeOf(rows.shape, 1),
  sizeOf(rows.shape, 2),
];
