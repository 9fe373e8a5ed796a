import type { PlannedExperiment } from '../experiment/experiment.js';
import type { Subject } from '../waves/subjects.js';

/**
 * Whether a subject is a model that is evaluated, which has an S at every temperature; ensembles have measures of their own, and
 * models that are only their members are told of with them.
 */
export function hasConfidence({ ensembles = [] }: PlannedExperiment, { name, detectors }: Subject): boolean {
  return detectors.length > 0 && ensembles.every((ensemble) => ensemble.name !== name);
}
