import { ModelError } from '../errors.js';
import { broadcast, formatShape } from '../graph/shape.js';
import { valueAt } from './operands.js';
import type { NodeContext } from './operation.js';

/**
 * Whether the two operands of an elementwise operation fit together.
 * @throws ModelError where broadcasting moves the batch from the first axis, or would cross its images with each other
 */
export function requireBroadcast(context: NodeContext): void {
  const [left, right] = [valueAt(context, 0).shape, valueAt(context, 1).shape];
  const shape = broadcast(left, right);
  if (shape.lastIndexOf('N') > 0)
    throw new ModelError(
      `${formatShape(left)} and ${formatShape(right)} give ${formatShape(shape)}: only with the batch as first axis is it supported`,
    );
}
