import { isSameForAll } from '../batching/batching.js';
import { ModelError } from '../errors.js';
import { add, multiply } from '../graph/arithmetic.js';
import type { Value } from '../graph/builder.js';
import { reshape } from '../graph/layout.js';
import { reduceSum, squaredNormPerImage } from '../graph/reduction.js';
import { elementsPerImage, formatShape } from '../graph/shape.js';
import { valueAt } from './operands.js';
import type { BackwardContext, NodeContext, Operation } from './operation.js';
import { keptOf, standardized, standardizedCotangent } from './standardization.js';

/**
 * A BatchNormalization in training mode of weights, as PyTorch writes weight standardisation (BiT, NFNet): of each
 * channel γ · x̂ + β, x̂ having mean 0 and variance 1 over all else. No image has a part in it; of images it is refused.
 */
export const weightStandardization: Operation = {
  type: 'BatchNormalization',
  inputs: [3, 3],
  // The statistics that training would go on with: refused where anything reads them.
  outputs: 5,
  slots: { 1: { parameter: 'scale' }, 2: { parameter: 'shift' } },
  neutralIsLiteral: true,
  batching: ({ node, operands }) => {
    const [x = null, ...others] = operands;
    const isOfImages = [x, ...others].some((one) => one?.kind === 'activation' && !isSameForAll(one));
    if (x?.kind !== 'activation' || isOfImages)
      throw new ModelError('is in training mode; export the model after model.eval()');
    return { node, operands, batch: null };
  },
  forward(context) {
    const { builder: b } = context;
    const { shape } = valueAt(context, 0);
    if (shape.length < 3)
      throw new ModelError(`input has shape ${formatShape(shape)}, which has no channels`);
    for (const slot of [1, 2]) {
      const given = valueAt(context, slot).shape;
      if (elementsPerImage(given) !== shape[2])
        throw new ModelError(`input ${slot} has shape ${formatShape(given)}, expected [${shape[2]}]`);
    }
    return b.inSingle(() => {
      const { normal, deviation } = standardized(context, axesWithin(context));
      const scaled = multiply(b, normal, eachChannel(context, 1));
      return [add(b, scaled, eachChannel(context, 2)), normal, deviation];
    });
  },
  backward(context, slot) {
    const { builder: b, cotangent } = context;
    return b.inSingle(() => {
      if (slot !== 0) return ofEachChannel(context, slot);
      const arrived = multiply(b, cotangent, eachChannel(context, 1));
      return standardizedCotangent(b, arrived, keptOf(context), axesWithin(context));
    });
  },
  parameter(context, slot) {
    const gradient = () => ofEachChannel(context, slot);
    return { gradient, squaredNorm: () => squaredNormPerImage(context.builder, gradient()) };
  },
};

/** All axes of [1, B, C, …] but the channels'. */
const axesWithin = (context: NodeContext): number[] =>
  valueAt(context, 0).shape.flatMap((_, axis) => (axis === 0 || axis === 2 ? [] : [axis]));

/** A factor or term of each channel, [1, 1, C, 1, …]. */
function eachChannel(context: NodeContext, slot: number): Value {
  const { shape } = valueAt(context, 0);
  const sizes = shape.map((size, axis) => (axis === 2 ? size : 1));
  return reshape(context.builder, valueAt(context, slot), sizes);
}

/** What arrives at the factor, or the term, of each channel, [N, C]. */
function ofEachChannel(context: BackwardContext, slot: number): Value {
  const { builder: b, cotangent } = context;
  const elementwise = slot === 1 ? multiply(b, cotangent, keptOf(context).normal) : cotangent;
  return reduceSum(b, elementwise, axesWithin(context));
}
