import { normalizeAxis } from '../../graph/shape.js';
import type { Node } from '../../onnx/model.js';
import { listed } from '../../shown.js';
import { textAttribute } from '../attributes.js';
import type { FoldingBudget } from '../folding-budget.js';
import { type Literal, literal, placeOf, stridesOf } from './literal.js';

/** Where what lies outside of an axis comes from, by mode; null where it is the number that is padded with. */
const sources: Readonly<Record<string, (at: number, size: number) => number | null>> = {
  constant: (at, size) => (at >= 0 && at < size ? at : null),
  edge: (at, size) => Math.min(Math.max(at, 0), size - 1),
  reflect: (at, size) => {
    const period = Math.max(2 * (size - 1), 1);
    const within = ((at % period) + period) % period;
    return Math.min(within, period - within);
  },
};

/** A literal with more at its ends, or less where pads are negative; null for modes that have no rule. */
export function padded(
  node: Node,
  x: Literal,
  [pads, value, axes]: readonly (Literal | null)[],
  budget: FoldingBudget,
): Literal | null {
  const source = sources[textAttribute(node, 'mode', 'constant')];
  if (!source || !pads) return null;
  const rank = x.dims.length;
  const named = axes
    ? Array.from(axes.data, (axis) => normalizeAxis(axis, rank))
    : x.dims.map((_, axis) => axis);
  const sizes = Array.from(pads.data);
  if (sizes.length !== 2 * named.length)
    throw new RangeError(`${sizes.length} pads for ${named.length} axes, expected two for each`);
  if (!sizes.every(Number.isSafeInteger))
    throw new RangeError(`pads are [${listed(sizes)}], expected whole numbers`);
  const before = x.dims.map(() => 0);
  const dims = [...x.dims];
  named.forEach((axis, index) => {
    before[axis] = sizes[index] ?? 0;
    dims[axis] = (x.dims[axis] ?? 0) + (sizes[index] ?? 0) + (sizes[index + named.length] ?? 0);
  });
  if (dims.some((size) => size < 1))
    throw new RangeError(`pads [${listed(sizes)}] leave nothing of [${listed(x.dims)}]`);
  const strides = stridesOf(x.dims);
  const outside = value?.data[0] ?? 0;
  return literal(budget, x.type, dims, (index) => {
    let from = 0;
    for (const [axis, place] of placeOf(index, dims).entries()) {
      const at = source(place - (before[axis] ?? 0), x.dims[axis] ?? 0);
      if (at === null) return outside;
      from += at * (strides[axis] ?? 0);
    }
    return x.data[from] ?? 0;
  });
}
