import type { Value } from '../graph/builder.js';
import { reshape } from '../graph/layout.js';
import { reduceSum, reduceToShape, squaredNormPerImage } from '../graph/reduction.js';
import { constantAt, cotangentShape } from './operands.js';
import type { BackwardContext, Operation, ParameterGradient } from './operation.js';

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

/**
 * Both ways back through an elementwise operation whose operands broadcast.
 * @param arriving what arrives at the operand in a slot, of the output's shape, before it is summed where it was repeated
 */
export function backThroughBroadcast(
  arriving: (context: BackwardContext, slot: number) => Value,
): Pick<Operation, 'backward' | 'parameter'> {
  return {
    backward: (context, slot) =>
      reduceToShape(context.builder, arriving(context, slot), cotangentShape(context, slot)),
    parameter: (context, slot) => broadcastGradient(context, slot, arriving(context, slot)),
  };
}
