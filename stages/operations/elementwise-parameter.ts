import type { Value } from '../graph/builder.js';
import { reshape } from '../graph/layout.js';
import { reduceSum, squaredNormPerImage } from '../graph/reduction.js';
import { constantAt } from './operands.js';
import type { BackwardContext, ParameterGradient } from './operation.js';

/**
 * The gradient of a constant that was broadcast over an elementwise operation: its elementwise part summed over the
 * axes along which it was repeated.
 * @param elementwise [N, …] of the operation's output shape
 */
export function broadcastGradient(
  context: BackwardContext,
  slot: number,
  elementwise: Value,
): ParameterGradient {
  const b = context.builder;
  const { dims } = constantAt(context, slot);
  const extra = elementwise.shape.length - dims.length;
  const repeated = elementwise.shape.flatMap((size, axis) =>
    axis > 0 && size !== (dims[axis - extra] ?? 1) ? [axis] : [],
  );
  const summed = (): Value => reduceSum(b, elementwise, repeated, true);
  return {
    squaredNorm: () => squaredNormPerImage(b, summed()),
    gradient: () => reshape(b, summed(), ['N', ...dims]),
  };
}
