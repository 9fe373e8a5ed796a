import type { ExperimentModel } from './experiment.js';

/** The patterns by which a model's parameters are told. */
export type ParameterPatterns = Pick<
  ExperimentModel,
  'parameters' | 'tie' | 'untie' | 'literals' | 'trainable'
>;

/** What a model says of its parameters, and nothing else of it; lists that are not given are absent. */
export function parameterPatterns(model: ParameterPatterns): ParameterPatterns {
  const { parameters, tie, untie, literals, trainable } = model;
  return {
    ...{ parameters, tie, untie },
    ...(literals === undefined ? {} : { literals }),
    ...(trainable === undefined ? {} : { trainable }),
  };
}
