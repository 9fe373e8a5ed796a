import { ModelError } from '../errors.js';
import { add, multiply } from '../graph/arithmetic.js';
import { float, type Value } from '../graph/builder.js';
import { reshape } from '../graph/layout.js';
import { squaredNormPerImage } from '../graph/reduction.js';
import { sizeOf } from '../graph/shape.js';
import { floatAttribute, intAttribute } from '../import/attributes.js';
import { scaleChannels } from '../lowerings/channel-scale.js';
import { positionSum } from '../lowerings/position-sum.js';
import { listed } from '../shown.js';
import { alsoBesideParts } from './channels-axis.js';
import { constantAt, isActivation, valueAt } from './operands.js';
import type { BackwardContext, NodeContext, Operation } from './operation.js';

/**
 * y = γ · x̂ + β with x̂ = (x − μ) / √(σ² + ε); μ and σ² are running statistics, constant in evaluation mode. γ and β may
 * be made of other parameters.
 */
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
    constantAt(context, 3);
    deviations(context, 4);
    const channels = valueAt(context, 0).shape[1];
    for (const slot of [1, 2, 3, 4]) {
      const dims = isActivation(context, slot)
        ? valueAt(context, slot).shape.slice(1)
        : constantAt(context, slot).dims;
      if (String(dims) !== String(channels))
        throw new ModelError(`input ${slot} has shape [${listed(dims)}], expected [${channels}]`);
    }
    if (!isActivation(context, 1) && !isActivation(context, 2))
      return [normalize(context, constantAt(context, 1).data, constantAt(context, 2).data)];
    const { builder: b } = context;
    return [add(b, multiply(b, normalized(context), channelwise(context, 1)), channelwise(context, 2))];
  },
  backward(context, slot) {
    if (slot > 0) return gradientOf(context, slot);
    const { builder: b, cotangent, lowerings } = context;
    const deviation = deviations(context, 4);
    if (isActivation(context, 1)) {
      const inverse = Float32Array.from(deviation, (root) => 1 / root);
      const scaled = multiply(b, cotangent, channelwise(context, 1));
      return scaleChannels(b, scaled, inverse, lowerings.channelScale);
    }
    const factors = constantAt(context, 1).data.map((gamma, channel) => gamma / (deviation[channel] ?? 1));
    return scaleChannels(b, cotangent, factors, lowerings.channelScale);
  },
  parameter(context, slot) {
    const gradient = () => gradientOf(context, slot);
    return { gradient, squaredNorm: () => squaredNormPerImage(context.builder, gradient()) };
  },
});

/** The gradient in γ or β, [N, C]. */
function gradientOf(context: BackwardContext, slot: number): Value {
  const { builder: b, cotangent, lowerings } = context;
  // x̂ comes from x, not from (y − β)/γ, which loses its digits where γ is small and is 0/0 where it is 0.
  return positionSum(b, slot === 1 ? multiply(b, cotangent, normalized(context)) : cotangent, lowerings);
}

/** γ or β, [C, 1, 1] or what else broadcasts to the input. */
function channelwise(context: NodeContext, slot: number): Value {
  const { shape } = valueAt(context, 0);
  return reshape(context.builder, valueAt(context, slot), [
    ...(isActivation(context, slot) ? [1] : []),
    sizeOf(shape, 1),
    ...shape.slice(2).map(() => 1),
  ]);
}

/** √(σ² + ε) of each channel, from the running variance in a slot. */
export function deviations(context: NodeContext, slot: number): Float64Array {
  const epsilon = floatAttribute(context.node, 'epsilon', 1e-5);
  if (epsilon < 0) throw new ModelError(`epsilon is ${epsilon}, expected a number that is not negative`);
  return Float64Array.from(constantAt(context, slot).data, (variance) => Math.sqrt(variance + epsilon));
}

function normalized(context: NodeContext): Value {
  const channels = sizeOf(valueAt(context, 0).shape, 1);
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
