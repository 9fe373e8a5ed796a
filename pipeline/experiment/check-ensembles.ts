/** What the ensembles of an experiment must be to its models. */
import { inputFault, type ValueSource } from '../../manifests/input/input-fault.js';
import { checkMembers, withoutLogits } from './check-members.js';
import type { Experiment, ExperimentModel, ModelEnsemble } from './experiment.js';

/** As much of an experiment as has to do with ensembles, whether its paths were followed or not. */
export interface CheckedEnsembles {
  readonly models: readonly Pick<ExperimentModel, 'name' | 'detectors'>[];
  readonly ensembles?: readonly ModelEnsemble[] | undefined;
  readonly logits?: Experiment['logits'];
}

/**
 * Checks that every ensemble has members, each once, and logits that it can be made of. That its name is none of a model is
 * checked with those.
 * @param file where the experiment stands
 * @throws InputError naming the key at fault and the remedy
 */
export function checkEnsembles(file: string, { models, ensembles = [], logits }: CheckedEnsembles): void {
  const known = models.map(({ name }) => name);
  for (const [i, ensemble] of ensembles.entries()) {
    const at = (...path: (string | number)[]): ValueSource => ({ file, path: ['ensembles', i, ...path] });
    if (logits === false) throw withoutLogits(at('name'), ensemble.name);
    if (ensemble.models.length < 2)
      throw inputFault(at('models'), 'found one model; an ensemble has two or more');
    checkMembers((j) => at('models', j), ensemble.models, known, ['no model', '; list it in "models"']);
  }
}
