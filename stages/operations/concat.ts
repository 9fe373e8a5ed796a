import { ModelError } from '../errors.js';
import type { Value } from '../graph/builder.js';
import { concat as emitConcat, slice } from '../graph/layout.js';
import { formatShape, normalizeAxis, sizeOf } from '../graph/shape.js';
import { intAttribute } from '../import/attributes.js';
import { valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';

/** Inputs joined along one axis. */
export const concat: Operation = {
  type: 'Concat',
  forward(context) {
    const parts = context.operands.map((_, slot) => valueAt(context, slot));
    const axis = axisOf(context);
    const elsewhere = ({ shape }: Value) => String(shape.toSpliced(axis, 1));
    const other = parts.find((part) => parts[0] && elsewhere(part) !== elsewhere(parts[0]));
    if (other)
      throw new ModelError(
        `inputs ${parts.map(({ shape }) => formatShape(shape)).join(', ')} differ elsewhere than in axis ${axis}`,
      );
    return [emitConcat(context.builder, parts, axis)];
  },
  backward(context, slot) {
    const axis = axisOf(context);
    const ends = context.operands.map((_, index) => sizeOf(valueAt(context, index).shape, axis));
    const start = ends.slice(0, slot).reduce((total, size) => total + size, 0);
    return slice(context.builder, context.cotangent, axis, start, start + (ends[slot] ?? 0));
  },
};

function axisOf(context: NodeContext): number {
  return normalizeAxis(intAttribute(context.node, 'axis', 1), valueAt(context, 0).shape.length);
}
