import { joining } from '../batching/joining.js';
import { ModelError } from '../errors.js';
import type { Value } from '../graph/builder.js';
import { concat as emitConcat, slice } from '../graph/layout.js';
import { formatShape, normalizeAxis, sizeOf } from '../graph/shape.js';
import { requiredInt } from '../import/attributes.js';
import { listed } from '../shown.js';
import { valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';

/** Inputs joined along one axis. */
export const concat: Operation = {
  type: 'Concat',
  inputs: [1, Number.POSITIVE_INFINITY],
  data: 'all',
  batching: joining,
  forward(context) {
    const parts = context.operands.map((_, slot) => valueAt(context, slot));
    const axis = axisOf(context);
    const elsewhere = ({ shape }: Value) => String(shape.toSpliced(axis, 1));
    const [first] = parts;
    const expected = first && elsewhere(first);
    const other = parts.find((part) => elsewhere(part) !== expected);
    if (other)
      throw new ModelError(
        `inputs ${listed(parts.map(({ shape }) => formatShape(shape)))} differ elsewhere than in axis ${axis}`,
      );
    return [emitConcat(context.builder, parts, axis)];
  },
  backward(context, slot) {
    const starts = startsOf(context);
    return slice(
      context.builder,
      context.cotangent,
      axisOf(context),
      starts[slot] ?? 0,
      starts[slot + 1] ?? 0,
    );
  },
};

/** By the operands: there may be thousands, and each is asked for. */
const startsCache = new WeakMap<NodeContext['operands'], readonly number[]>();

/** Where each part begins along the axis, and where the last one ends. */
function startsOf(context: NodeContext): readonly number[] {
  const known = startsCache.get(context.operands);
  if (known) return known;
  const axis = axisOf(context);
  const starts = [0];
  let end = 0;
  for (const slot of context.operands.keys()) {
    end += sizeOf(valueAt(context, slot).shape, axis);
    starts.push(end);
  }
  startsCache.set(context.operands, starts);
  return starts;
}

function axisOf(context: NodeContext): number {
  return normalizeAxis(requiredInt(context.node, 'axis'), valueAt(context, 0).shape.length);
}
