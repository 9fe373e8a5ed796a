import { ModelError } from '../errors.js';
import { add, divide, multiply, squareRoot, subtract } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { reduceMean, reduceSumSquare } from '../graph/reduction.js';
import { sizeOf } from '../graph/shape.js';
import { floatAttribute } from '../import/attributes.js';
import { valueAt } from './operands.js';
import type { BackwardContext, NodeContext } from './operation.js';

/** What a normalisation by an image's own statistics keeps for the way back. */
export interface Standardized {
  /** x̂ = (x − μ) / √(σ² + ε) */
  readonly normal: Value;
  /** √(σ² + ε) */
  readonly deviation: Value;
}

/**
 * x, by default the first input, with mean 0 and variance 1 over axes of each image. In single precision: squares leave
 * the range of half.
 */
export function standardized(
  context: NodeContext,
  axes: readonly number[],
  x: Value = valueAt(context, 0),
): Standardized {
  const { builder: b } = context;
  const epsilon = floatAttribute(context.node, 'epsilon', 1e-5);
  if (epsilon < 0) throw new ModelError(`epsilon is ${epsilon}, expected a number that is not negative`);
  const centred = subtract(b, x, reduceMean(b, x, axes, true));
  const count = axes.reduce((product, axis) => product * sizeOf(x.shape, axis), 1);
  const variance = multiply(b, reduceSumSquare(b, centred, axes, true), b.scalar(1 / count));
  const root = squareRoot(b, add(b, variance, b.scalar(epsilon)));
  // Where squares were beyond single precision, numbers divided by them would all be 0: NaN instead.
  const deviation = add(b, root, multiply(b, root, b.scalar(0)));
  return { normal: divide(b, centred, deviation), deviation };
}

/** What a normalisation gave beside its output, in the order [y, x̂, √(σ² + ε)]. */
export function keptOf({ outputs }: BackwardContext): Standardized {
  const [, normal, deviation] = outputs;
  if (!normal || !deviation) throw new TypeError('a normalisation gives what it divides by');
  return { normal, deviation };
}

/** (g − mean g − x̂ · mean(g ∘ x̂)) / √(σ² + ε), g being what arrives at x̂. */
export function standardizedCotangent(
  b: GraphBuilder,
  g: Value,
  { normal, deviation }: Standardized,
  axes: readonly number[],
): Value {
  const along = multiply(b, normal, reduceMean(b, multiply(b, g, normal), axes, true));
  return divide(b, subtract(b, subtract(b, g, reduceMean(b, g, axes, true)), along), deviation);
}
