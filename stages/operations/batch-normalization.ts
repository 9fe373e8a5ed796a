import { ModelError } from '../errors.js';
import { multiply } from '../graph/arithmetic.js';
import { float, type Value } from '../graph/builder.js';
import { squaredNormPerImage } from '../graph/reduction.js';
import { floatAttribute, intAttribute } from '../import/attributes.js';
import { scaleChannels } from '../lowerings/channel-scale.js';
import { positionSum } from '../lowerings/position-sum.js';
import { listed } from '../shown.js';
import { alsoBesideParts } from './channels-axis.js';
import { constantAt, valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';

/** y = γ · x̂ + β with x̂ = (x − μ) / √(σ² + ε); μ and σ² are running statistics, constant in evaluation mode. */
export const batchNormalization: Operation = alsoBesideParts({
  type: 'BatchNormalization',
  inputs: [5, 5],
  // Further outputs are those of training: they are refused by what they mean.
  outputs: 5,
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
    deviations(context, 4);
    const channels = valueAt(context, 0).shape[1];
    for (const slot of [1, 2, 3, 4]) {
      const { dims } = constantAt(context, slot);
      if (String(dims) !== String(channels))
        throw new ModelError(`input ${slot} has shape [${listed(dims)}], expected [${channels}]`);
    }
    return [normalize(context, constantAt(context, 1).data, constantAt(context, 2).data)];
  },
  backward(context) {
    const deviation = deviations(context, 4);
    const factors = constantAt(context, 1).data.map((gamma, channel) => gamma / (deviation[channel] ?? 1));
    return scaleChannels(context.builder, context.cotangent, factors, context.lowerings.channelScale);
  },
  parameter(context, slot) {
    const { builder: b, cotangent, lowerings } = context;
    const sum = (x: Value) => positionSum(b, x, lowerings);
    // x̂ comes from x, not from (y − β)/γ, which loses its digits where γ is small and is 0/0 where it is 0.
    const gradient = () => sum(slot === 1 ? multiply(b, cotangent, normalized(context)) : cotangent);
    return { gradient, squaredNorm: () => squaredNormPerImage(b, gradient()) };
  },
});

/** √(σ² + ε) of each channel, from the running variance in a slot. */
export function deviations(context: NodeContext, slot: number): Float64Array {
  const epsilon = floatAttribute(context.node, 'epsilon', 1e-5);
  if (epsilon < 0) throw new ModelError(`epsilon is ${epsilon}, expected a number that is not negative`);
  return Float64Array.from(constantAt(context, slot).data, (variance) => Math.sqrt(variance + epsilon));
}

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
