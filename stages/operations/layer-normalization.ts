import { ModelError } from '../errors.js';
import { add, divide, multiply, squareRoot, subtract } from '../graph/arithmetic.js';
import type { Value } from '../graph/builder.js';
import { reduceMean } from '../graph/reduction.js';
import { broadcast, formatShape, normalizeAxis, sameShape } from '../graph/shape.js';
import { floatAttribute, intAttribute } from '../import/attributes.js';
import { broadcastGradient } from './elementwise-parameter.js';
import { constantAt, optionalValueAt, valueAt } from './operands.js';
import type { BackwardContext, NodeContext, Operation } from './operation.js';

/**
 * y = γ · x̂ + β with x̂ = (x − μ) / √(σ² + ε), mean and variance over the last axes of each image. In single precision
 * always: squares leave the range of half precision.
 */
export const layerNormalization: Operation = {
  type: 'LayerNormalization',
  inputs: [2, 3],
  slots: { 1: { parameter: 'scale' }, 2: { parameter: 'shift' } },
  weighted: true,
  forward: (context) => context.builder.inSingle(() => normalized(context)),
  backward(context) {
    const { builder: b, cotangent, outputs } = context;
    const axes = axesOf(context);
    const [, normal, inverse] = outputs;
    if (!normal || !inverse) throw new TypeError('a normalisation gives what it divides by');
    // dx = (g − mean g − x̂ · mean(g ∘ x̂)) / √(σ² + ε), g being what arrives at x̂.
    return b.inSingle(() => {
      const g = multiply(b, cotangent, valueAt(context, 1));
      const along = multiply(b, normal, reduceMean(b, multiply(b, g, normal), axes, true));
      return multiply(b, subtract(b, subtract(b, g, reduceMean(b, g, axes, true)), along), inverse);
    });
  },
  parameter(context, slot) {
    return broadcastGradient(context, slot, slot === 1 ? timesNormal(context) : context.cotangent);
  },
};

/** y, x̂ and 1/√(σ² + ε). */
function normalized(context: NodeContext): Value[] {
  const { builder: b } = context;
  const x = valueAt(context, 0);
  const axes = axesOf(context);
  const epsilon = floatAttribute(context.node, 'epsilon', 1e-5);
  if (epsilon < 0) throw new ModelError(`epsilon is ${epsilon}, expected a number that is not negative`);
  for (const slot of context.operands[2] ? [1, 2] : [1]) {
    const { dims } = constantAt(context, slot);
    if (!sameShape(broadcast(x.shape.slice(axes[0]), dims), x.shape.slice(axes[0])))
      throw new ModelError(`input ${slot} has shape ${formatShape(dims)}, for ${formatShape(x.shape)}`);
  }
  const centred = subtract(b, x, reduceMean(b, x, axes, true));
  const variance = reduceMean(b, multiply(b, centred, centred), axes, true);
  const inverse = divide(b, b.scalar(1), squareRoot(b, add(b, variance, b.scalar(epsilon))));
  const normal = multiply(b, centred, inverse);
  const scaled = multiply(b, normal, valueAt(context, 1));
  const shift = optionalValueAt(context, 2);
  return [shift ? add(b, scaled, shift) : scaled, normal, inverse];
}

function timesNormal({ builder: b, cotangent, outputs }: BackwardContext): Value {
  const normal = outputs[1];
  if (!normal) throw new TypeError('a normalisation gives what it scales');
  return multiply(b, cotangent, normal);
}

function axesOf(context: NodeContext): number[] {
  const { shape } = valueAt(context, 0);
  const axis = normalizeAxis(intAttribute(context.node, 'axis', -1), shape.length);
  if (axis === 0)
    throw new ModelError(
      `axis ${axis} of ${formatShape(shape)} is the batch's: that would mix images with each other`,
    );
  return shape.flatMap((_, index) => (index >= axis ? [index] : []));
}
