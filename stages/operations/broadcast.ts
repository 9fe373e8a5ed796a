import { ModelError } from '../errors.js';
import { broadcastShapes, formatShape, type Shape } from '../graph/shape.js';

/**
 * Whether the two operands of an elementwise operation fit together.
 * @throws ModelError where broadcasting moves the batch from the first axis, or would cross its images with each other
 */
export function requireBroadcast(left: Shape, right: Shape): void {
  const shape = broadcastShapes(left, right);
  if (shape.lastIndexOf('N') > 0)
    throw new ModelError(
      `${formatShape(left)} and ${formatShape(right)} give ${formatShape(shape)}: only with the batch as first axis is it supported`,
    );
}
