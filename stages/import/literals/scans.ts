import { normalizeAxis } from '../../graph/shape.js';
import type { Node } from '../../onnx/model.js';
import { listed } from '../../shown.js';
import { intAttribute } from '../attributes.js';
import type { FoldingBudget } from '../folding-budget.js';
import { type Literal, literal, placeOf, stridesOf } from './literal.js';

/** Sums along an axis up to each element: from the other end, or without the element itself, as attributes say. */
export function cumulativeSum(node: Node, x: Literal, axis: Literal, budget: FoldingBudget): Literal {
  const at = normalizeAxis(axis.data[0] ?? 0, x.dims.length);
  const isReverse = intAttribute(node, 'reverse', 0) !== 0;
  const isExclusive = intAttribute(node, 'exclusive', 0) !== 0;
  const size = x.dims[at] ?? 0;
  const stride = stridesOf(x.dims)[at] ?? 1;
  const result = literal(budget, x.type, x.dims, () => 0);
  for (const start of x.data.keys()) {
    if (placeOf(start, x.dims)[at] !== 0) continue;
    let total = 0;
    for (let step = 0; step < size; step++) {
      const index = start + (isReverse ? size - 1 - step : step) * stride;
      const before = total;
      total += x.data[index] ?? 0;
      if (x.type === 'float32') total = Math.fround(total);
      result.data[index] = isExclusive ? before : total;
    }
  }
  return result;
}

/** Matrices with zeros below, or above, a diagonal. @throws RangeError for what has fewer axes than a matrix */
export function triangle(node: Node, x: Literal, diagonal: Literal | null, budget: FoldingBudget): Literal {
  const rank = x.dims.length;
  if (rank < 2) throw new RangeError(`[${listed(x.dims)}] has no triangles`);
  const offset = diagonal?.data[0] ?? 0;
  const isUpper = intAttribute(node, 'upper', 1) !== 0;
  return literal(budget, x.type, x.dims, (index) => {
    const [row = 0, column = 0] = placeOf(index, x.dims).slice(rank - 2);
    const isKept = isUpper ? column - row >= offset : column - row <= offset;
    return isKept ? (x.data[index] ?? 0) : 0;
  });
}
