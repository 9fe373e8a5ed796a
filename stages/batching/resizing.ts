import { ModelError } from '../errors.js';
import { normalizeAxis } from '../graph/shape.js';
import { intsAttribute } from '../import/attributes.js';
import { emittedAxis } from '../import/batch-axis.js';
import { sizesAt } from '../import/known-sizes.js';
import type { Operand } from '../import/operand.js';
import type { Node } from '../onnx/model.js';
import { type Batching, firstOf, integers, refuseMixing, shapeInModel } from './batching.js';

/**
 * By scales or sizes of axes, all or those of an attribute: of one image's part, the attribute names them then. The batch
 * must keep its size.
 */
export const resizing: Batching = ({ node, operands, fixedBatch }) => {
  const x = firstOf(operands);
  const shape = shapeInModel(x);
  const given = intsAttribute(node, 'axes', null)?.map((axis) => normalizeAxis(axis, shape.length));
  const axes = given ?? [...shape.keys()];
  const scales = scalesOf(operands[2] ?? null);
  const sizes = scales || !operands[3] ? null : sizesAt({ operands }, 3);
  const amounts = scales ?? sizes;
  if (amounts?.length !== axes.length)
    throw new ModelError(
      `${amounts?.length ?? 'no'} scales or sizes for ${axes.length} axes, expected one for each`,
    );
  const kept = axes.flatMap((axis, index) => {
    const amount = amounts[index] ?? 1;
    const size = shape[axis] ?? 1;
    const isImages = axis === x.batch?.axis;
    const isSame = scales ? amount === 1 : amount === size || (isImages && amount === fixedBatch);
    if (isSame) return [];
    const at = isImages ? null : emittedAxis(axis, x.batch);
    return [{ at: at ?? refuseMixing(axis, x), amount: Number(amount) }];
  });
  const named: Node = {
    ...node,
    attributes: new Map(node.attributes).set('axes', { kind: 'ints', value: kept.map(({ at }) => at) }),
  };
  const values = kept.map(({ amount }) => amount);
  const [scaled, sized]: (Operand | null)[] = scales
    ? [{ kind: 'constant', tensor: floatsOf(values), origin: null }, null]
    : [null, integers(values)];
  return { node: named, operands: [x, null, scaled ?? null, sized ?? null], batch: x.batch };
};

const floatsOf = (values: readonly number[]) =>
  ({ type: 'float32', dims: [values.length], data: Float32Array.from(values) }) as const;

/** None where the input is left out, or empty, as files have it that give sizes. */
function scalesOf(operand: Operand | null): readonly number[] | null {
  if (!operand) return null;
  if (operand.kind === 'constant' && operand.tensor.type === 'float32')
    return operand.tensor.data.length === 0 ? null : Array.from(operand.tensor.data);
  throw new ModelError('input 2, the scales, must be known before any image is');
}
