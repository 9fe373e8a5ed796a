import { reordering } from '../batching/axes.js';
import { transpose as emitTranspose } from '../graph/layout.js';
import { intsAttribute } from '../import/attributes.js';
import { requireOrder } from '../import/views.js';
import { valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';

/** Axes in another order. */
export const transpose: Operation = {
  type: 'Transpose',
  inputs: [1, 1],
  batching: reordering,
  forward: (context) => [emitTranspose(context.builder, valueAt(context, 0), orderOf(context))],
  backward: (context) => {
    const order = orderOf(context);
    return emitTranspose(
      context.builder,
      context.cotangent,
      order.map((_, axis) => order.indexOf(axis)),
    );
  },
};

function orderOf(context: NodeContext): readonly number[] {
  const rank = valueAt(context, 0).shape.length;
  return requireOrder(intsAttribute(context.node, 'perm', [...Array(rank).keys()].reverse()), rank);
}
