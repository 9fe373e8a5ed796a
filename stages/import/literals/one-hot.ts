import { normalizeAxis } from '../../graph/shape.js';
import type { Node } from '../../onnx/model.js';
import { intAttribute } from '../attributes.js';
import type { FoldingBudget } from '../folding-budget.js';
import { type Literal, literal, placeOf, stridesOf } from './literal.js';

/**
 * A row of numbers for each place that is listed: the second of two at that place, the first elsewhere. Places are counted
 * from the end where they are negative; of one beyond the row there is none.
 * @returns null where depth or numbers are none
 */
export function oneHot(
  node: Node,
  places: Literal,
  { data: [depth = -1] }: Literal,
  values: Literal,
  budget: FoldingBudget,
): Literal | null {
  const [off, on] = values.data;
  if (!Number.isSafeInteger(depth) || depth < 1 || off === undefined || on === undefined) return null;
  const axis = normalizeAxis(intAttribute(node, 'axis', -1), places.dims.length + 1);
  const strides = stridesOf(places.dims);
  const dims = places.dims.toSpliced(axis, 0, depth);
  return literal(budget, values.type, dims, (index) => {
    const place = placeOf(index, dims);
    const at = place.toSpliced(axis, 1).reduce((sum, each, along) => sum + each * (strides[along] ?? 0), 0);
    const listed = Math.trunc(places.data[at] ?? 0);
    return (listed < 0 ? listed + depth : listed) === place[axis] ? on : off;
  });
}
