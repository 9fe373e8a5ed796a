import type { Detector } from '../../stages/detectors/detector.js';
import { logitReadings, type ReadingName } from '../../stages/detectors/logit-readings.js';
import type { Wave } from '../../workers/store/planned-shard.js';
import type { Experiment, ExperimentModel } from './experiment.js';
import { detectorsOf } from './model-detectors.js';

/** What is kept of an image's logits at ε = 0: all of them, or what detectors read of them, or nothing. */
export type KeptLogits = 'all' | readonly ReadingName[];

/** What either wave keeps of the logits of a model; where a temperature is fitted it is another then, and takes no more. */
export function keptByWave(
  experiment: Parameters<typeof keptLogits>[0],
  model: Parameters<typeof keptLogits>[1],
): readonly [validation: KeptLogits, test: KeptLogits] {
  return [keptLogits(experiment, model, 1), keptLogits(experiment, model, 2)];
}

/**
 * What a wave keeps of the logits of a model. With `"logits": "summaries"` they are kept whole only where no summary will do:
 * of members of ensembles, which are taken together image by image, and of validation images where a temperature is fitted on
 * them that is not known before.
 * @param detectors the model's, each fitted one at its temperature once that is known
 */
export function keptLogits(
  experiment: Pick<Experiment, 'detectors' | 'ensembles' | 'grid' | 'logits'>,
  model: Pick<ExperimentModel, 'name' | 'detectors'>,
  wave: Wave,
  detectors: readonly Detector[] = detectorsOf(experiment, model),
): KeptLogits {
  const { ensembles = [], grid, logits = false } = experiment;
  if (logits === true) return 'all';
  if (logits === false) return [];
  if (ensembles.some(({ models }) => models.includes(model.name))) return 'all';
  if (wave === 1 && detectors.some(({ fitTemperature }) => fitTemperature !== undefined)) return 'all';
  return logitReadings(detectors, grid).map(({ detector, temperature }) => ({ detector, temperature }));
}
