/** What the ensembles of an experiment must be to its models. */
import { didYouMean } from '../../manifests/input/suggestion.js';
import { inputFault, show, type ValueSource } from '../../manifests/input/validate.js';
import type { ModelEnsemble } from './experiment.js';

/** As much of an experiment as has to do with ensembles, whether its paths were followed or not. */
export interface CheckedEnsembles {
  readonly models: readonly { readonly name: string }[];
  readonly ensembles?: readonly ModelEnsemble[] | undefined;
  readonly logits?: boolean | undefined;
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
    if (logits === false)
      throw inputFault(
        at('name'),
        `${show(ensemble.name)} reads logits, but "logits" is false; drop one of the two`,
      );
    if (ensemble.models.length < 2)
      throw inputFault(at('models'), 'found one model; an ensemble has two or more');
    for (const [j, name] of ensemble.models.entries()) {
      if (!known.includes(name)) {
        const remedy = didYouMean(name, known) || '; list it in "models"';
        throw inputFault(at('models', j), `found ${show(name)}, which is no model${remedy}`);
      }
      if (ensemble.models.indexOf(name) < j)
        throw inputFault(at('models', j), `found ${show(name)} twice; drop one`);
    }
  }
}
