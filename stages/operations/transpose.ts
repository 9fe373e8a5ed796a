import { ModelError } from '../errors.js';
import { transpose as emitTranspose } from '../graph/layout.js';
import { intsAttribute } from '../import/attributes.js';
import { valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';

/** Axes in another order. */
export const transpose: Operation = {
  type: 'Transpose',
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
  const order = intsAttribute(context.node, 'perm', [...Array(rank).keys()].reverse());
  if (order.length !== rank || new Set(order).size !== rank || order.some((axis) => axis < 0 || axis >= rank))
    throw new ModelError(`perm is [${order}], expected an order of ${rank} axes`);
  return order;
}
