import { alongAxis } from '../batching/axes.js';
import { ModelError } from '../errors.js';
import { add, multiply } from '../graph/arithmetic.js';
import type { Value } from '../graph/builder.js';
import { broadcastShapes, formatShape, sameShape } from '../graph/shape.js';
import { broadcastGradient } from './elementwise-parameter.js';
import { axisWithinImage, constantAt, optionalValueAt, valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';
import { keptOf, standardized, standardizedCotangent } from './standardization.js';

/** y = γ · x̂ + β, x̂ having mean 0 and variance 1 over the last axes of each image. */
export const layerNormalization: Operation = {
  type: 'LayerNormalization',
  inputs: [2, 3],
  outputs: 3,
  batching: alongAxis(-1, 'behind'),
  slots: { 1: { parameter: 'scale' }, 2: { parameter: 'shift' } },
  weighted: true,
  forward(context) {
    const axes = axesOf(context);
    requireParameters(context, axes[0] ?? 0);
    return context.builder.inSingle(() => normalized(context, axes));
  },
  backward(context) {
    const { builder: b, cotangent } = context;
    return b.inSingle(() => {
      const arrived = multiply(b, cotangent, valueAt(context, 1));
      return standardizedCotangent(b, arrived, keptOf(context), axesOf(context));
    });
  },
  parameter(context, slot) {
    const { builder: b, cotangent } = context;
    const elementwise = slot === 1 ? multiply(b, cotangent, keptOf(context).normal) : cotangent;
    return broadcastGradient(context, slot, elementwise);
  },
};

function normalized(context: NodeContext, axes: readonly number[]): Value[] {
  const { builder: b } = context;
  const { normal, deviation } = standardized(context, axes);
  const scaled = multiply(b, normal, valueAt(context, 1));
  const shift = optionalValueAt(context, 2);
  return [shift ? add(b, scaled, shift) : scaled, normal, deviation];
}

function requireParameters(context: NodeContext, axis: number): void {
  const { shape } = valueAt(context, 0);
  for (const slot of context.operands[2] ? [1, 2] : [1]) {
    const { dims } = constantAt(context, slot);
    if (!sameShape(broadcastShapes(shape.slice(axis), dims), shape.slice(axis)))
      throw new ModelError(`input ${slot} has shape ${formatShape(dims)}, for ${formatShape(shape)}`);
  }
}

function axesOf(context: NodeContext): number[] {
  const { shape } = valueAt(context, 0);
  const axis = axisWithinImage(context);
  return shape.flatMap((_, index) => (index >= axis ? [index] : []));
}
