import { ModelError } from '../errors.js';
import { multiply } from '../graph/arithmetic.js';
import { float, type Value } from '../graph/builder.js';
import { reduceSum, squaredNormPerImage } from '../graph/reduction.js';
import { floatAttribute, intAttribute } from '../import/attributes.js';
import { constantAt, valueAt } from './operands.js';
import type { BackwardContext, NodeContext, Operation } from './operation.js';

/** y = γ · x̂ + β with x̂ = (x − μ) / √(σ² + ε); μ and σ² are running statistics, constant in evaluation mode. */
export const batchNormalization: Operation = {
  type: 'BatchNormalization',
  slots: {
    1: { parameter: 'scale' },
    2: { parameter: 'shift' },
    3: { statistic: 'running mean' },
    4: { statistic: 'running variance' },
  },
  weighted: true,
  forward(context) {
    const { node } = context;
    // Before operator set 14 further outputs, the new statistics, are what tells training from evaluation.
    if (intAttribute(node, 'training_mode', 0) !== 0 || node.outputs.slice(1).some((name) => name !== ''))
      throw new ModelError('is in training mode; export the model after model.eval()');
    const channels = valueAt(context, 0).shape[1];
    for (const slot of [1, 2, 3, 4]) {
      const { dims } = constantAt(context, slot);
      if (String(dims) !== String(channels))
        throw new ModelError(`input ${slot} has shape [${dims}], expected [${channels}]`);
    }
    return [normalize(context, constantAt(context, 1).data, constantAt(context, 2).data)];
  },
  backward(context) {
    const { builder: b, cotangent } = context;
    const scale = constantAt(context, 1);
    const variance = constantAt(context, 4).data;
    const epsilon = floatAttribute(context.node, 'epsilon', 1e-5);
    const factor = scale.data.map((gamma, channel) => gamma / Math.sqrt((variance[channel] ?? 0) + epsilon));
    return multiply(b, cotangent, b.floats([factor.length, ...spatialOnes(cotangent)], factor));
  },
  parameter(context, slot) {
    const { builder: b } = context;
    // x̂ comes from x, not from (y − β)/γ, which loses its digits where γ is small and is 0/0 where it is 0.
    const gradient = () =>
      sumOverPositions(
        context,
        slot === 1 ? multiply(b, context.cotangent, normalized(context)) : context.cotangent,
      );
    return { gradient, squaredNorm: () => squaredNormPerImage(b, gradient()) };
  },
};

function normalized(context: NodeContext): Value {
  const channels = constantAt(context, 1).data.length;
  return normalize(context, new Float32Array(channels).fill(1), new Float32Array(channels));
}

function normalize(context: NodeContext, gamma: Float32Array, beta: Float32Array): Value {
  const b = context.builder;
  const x = valueAt(context, 0);
  const inputs = [
    x,
    b.floats([gamma.length], gamma),
    b.floats([beta.length], beta),
    valueAt(context, 3),
    valueAt(context, 4),
  ];
  return b.emit(
    'BatchNormalization',
    inputs,
    { epsilon: float(floatAttribute(context.node, 'epsilon', 1e-5)) },
    { shape: x.shape },
  );
}

function sumOverPositions(context: BackwardContext, x: Value): Value {
  return reduceSum(
    context.builder,
    x,
    x.shape.slice(2).map((_, index) => index + 2),
  );
}

function spatialOnes(x: Value): number[] {
  return x.shape.slice(2).map(() => 1);
}
