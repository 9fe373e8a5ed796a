import { epsilonScale } from '../../workers/images/epsilon-scale.js';
import type { ModelIdentity } from '../../workers/shard-identity.js';
import type { ExperimentModel, PlannedExperiment } from '../experiment/experiment.js';
import { parameterPatterns } from '../experiment/parameter-patterns.js';

/**
 * What the scores of a model depend on in an experiment, on sets that change nothing of its preprocessing.
 * @param sha256 (hex) of its file and its external data
 */
export function modelIdentity(
  model: ExperimentModel,
  { perturbation, batchSize, layerNorms, stepsTogether, engine }: PlannedExperiment,
  sha256: string,
): ModelIdentity {
  return {
    sha256,
    ...(model.output === undefined ? {} : { output: model.output }),
    ...(model.size === undefined ? {} : { size: model.size }),
    preprocess: model.preprocess,
    ...parameterPatterns(model),
    epsilonScale: epsilonScale(model.preprocess, perturbation.space),
    batchSize,
    ...(layerNorms ? { layerNorms: true } : {}),
    ...(stepsTogether === undefined ? {} : { stepsTogether }),
    engine,
  };
}
