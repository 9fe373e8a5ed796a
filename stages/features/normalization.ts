import type { Value } from '../graph/builder.js';
import { floatAttribute } from '../import/attributes.js';
import type { NodeContext } from '../operations/operation.js';
import type { HeadBias } from './linear-head.js';
import { asBias, byClass, classesOf, floatConstant, type Reached, timesFactors } from './reached.js';

/**
 * Back over a normalisation of each class by running statistics, γ·(x − μ)/√(σ² + ε) + β, whose four vectors are the inputs from
 * a slot on.
 * @param value what it normalises, with the classes along the axis that they have behind it
 * @throws ModelError where one of the vectors is computed
 */
export function beforeNormalization(
  { node, operands }: NodeContext,
  at: Reached,
  value: Value,
  slot: number,
): Reached {
  const vector = (index: number) => floatConstant(operands[slot + index], `input ${slot + index} is`);
  const [gamma, beta, mean, variance] = [vector(0), vector(1), vector(2), vector(3)];
  const epsilon = floatAttribute(node, 'epsilon', 1e-5);
  // The vectors are of channels, wherever those are.
  const ofClasses = asRows(at);
  const [scales, variances, means] = [gamma, variance, mean].map(({ tensor }) => byClass(tensor, ofClasses));
  const scaleOf = (k: number): number => (scales?.[k] ?? 0) / Math.sqrt((variances?.[k] ?? 0) + epsilon);
  const factors = timesFactors(at, scaleOf);
  const shifted: HeadBias = {
    constant: mean,
    factors: factors.map((factor) => -factor),
    term: factors.map((factor, k) => -factor * (means?.[k] ?? 0)),
  };
  return { ...at, value, biases: [...at.biases, asBias(beta, ofClasses, 1), shifted], factors };
}

/** The classes as vectors of channels have them, with nothing but them in an image's part. */
export const asRows = (at: Reached): Reached => ({
  ...at,
  value: { ...at.value, shape: ['N', classesOf(at)] },
  axis: 1,
});
