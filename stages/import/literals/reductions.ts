import { normalizeAxis } from '../../graph/shape.js';
import type { Node } from '../../onnx/model.js';
import { intAttribute, intsAttribute } from '../attributes.js';
import type { FoldingBudget } from '../folding-budget.js';
import { type Literal, literal, placeOf, stridesOf } from './literal.js';

interface Reduction {
  readonly start: number;
  readonly add: (total: number, value: number) => number;
}

const table: Readonly<Record<string, Reduction>> = {
  ReduceMax: { start: Number.NEGATIVE_INFINITY, add: Math.max },
  ReduceMin: { start: Number.POSITIVE_INFINITY, add: Math.min },
  ReduceSum: { start: 0, add: (total, value) => total + value },
};

/** The types of reductions of literals: a mask's places are counted so. */
export const reductionTypes: readonly string[] = Object.keys(table);

/**
 * What a reduction makes of a literal, over the axes that an attribute or its second input names, or over all.
 * @returns null for a literal without numbers, of which not every reduction is defined
 */
export function reduced(
  node: Node,
  x: Literal,
  named: Literal | null,
  budget: FoldingBudget,
): Literal | null {
  const { start, add } = table[node.type] ?? {};
  if (start === undefined || add === undefined || x.data.length === 0) return null;
  const given = named ? Array.from(named.data) : intsAttribute(node, 'axes', []);
  if (given.length === 0 && intAttribute(node, 'noop_with_empty_axes', 0) !== 0) return x;
  const rank = x.dims.length;
  const gone = new Set(given.map((axis) => normalizeAxis(axis, rank)));
  const isGone = (axis: number): boolean => given.length === 0 || gone.has(axis);
  const kept = x.dims.map((size, axis) => (isGone(axis) ? 1 : size));
  const strides = stridesOf(kept);
  const dims = intAttribute(node, 'keepdims', 1) === 0 ? x.dims.filter((_, axis) => !isGone(axis)) : kept;
  const totals = literal(budget, x.type, dims, () => start);
  for (const [index, value] of x.data.entries()) {
    const at = placeOf(index, x.dims).reduce(
      (sum, place, axis) => sum + (isGone(axis) ? 0 : place * (strides[axis] ?? 0)),
      0,
    );
    totals.data[at] = add(totals.data[at] ?? start, value);
  }
  return x.type === 'float32' ? literal(budget, x.type, dims, (index) => totals.data[index] ?? 0) : totals;
}
