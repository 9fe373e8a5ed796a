import type { PlannedExperiment } from '../experiment/experiment.js';
import type { Subject } from '../waves/subjects.js';

/** Whether a subject is a model, which has an S at every temperature; ensembles have measures of their own. */
export function hasConfidence({ ensembles = [] }: PlannedExperiment, { name }: Subject): boolean {
  return ensembles.every((ensemble) => ensemble.name !== name);
}
