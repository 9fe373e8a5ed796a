/** What the keys of an experiment must be to each other: their own bounds are the schema's. */

import { inputFault, type ValueSource } from '../../manifests/input/input-fault.js';
import { show } from '../../manifests/input/show.js';
import { didYouMean } from '../../manifests/input/suggestion.js';
import { detectors } from '../../stages/detectors/index.js';
import { type CheckedEnsembles, checkEnsembles } from './check-ensembles.js';
import { checkMembers, withoutLogits } from './check-members.js';
import { type CheckedPublished, checkPublished } from './check-published.js';
import { type CheckedSets, checkSets, setNames } from './check-sets.js';
import type { Experiment } from './experiment.js';

/** The names in an experiment, whether its paths were followed or not. */
type Names = CheckedSets & CheckedEnsembles & CheckedPublished & { readonly detectors: readonly string[] };

/** The names of the detectors there are. */
export const detectorNames: readonly string[] = detectors.map(({ name }) => name);

/** The most cells that are allowed: each costs a pass over every validation image. */
const mostCells = 100_000;

/**
 * Checks the names in an experiment.
 * @param known the names of the detectors there are
 * @throws InputError for a detector that there is not, for what stands twice, and as `checkSets`
 */
export function checkNames(source: ValueSource, experiment: Names, known: readonly string[]): void {
  const { models, ensembles = [], detectors, logits } = experiment;
  checkDetectors(source, detectors, known);
  for (const [i, model] of models.entries())
    checkMembers((j) => below(source, 'models', i, 'detectors', j), model.detectors ?? [], detectors, [
      'none of the detectors of the experiment',
      '; list it in "detectors" first',
    ]);
  if (logits === false) checkWithoutLogits(source, detectors);
  const modelNames = models.map(({ name }, i) => ({ name, path: ['models', i, 'name'] }));
  const ensembleNames = ensembles.map(({ name }, i) => ({ name, path: ['ensembles', i, 'name'] }));
  requireDifferent(source, 'model', [...modelNames, ...ensembleNames]);
  checkEnsembles(source.file, experiment);
  requireDifferent(source, 'set', setNames(experiment));
  checkSets(source.file, experiment);
  checkPublished(source.file, experiment);
}

/**
 * Checks the grid of an experiment.
 * @throws InputError where values are not ascending, or stand twice, or make too many cells
 */
export function checkGrid(source: ValueSource, grid: Experiment['grid']): void {
  const { epsilon, temperature } = grid;
  requireAscending(below(source, 'grid', 'epsilon'), epsilon);
  requireAscending(below(source, 'grid', 'temperature'), temperature);
  const cells = epsilon.length * temperature.length;
  if (cells <= mostCells) return;
  throw inputFault(
    below(source, 'grid'),
    `found ${epsilon.length} perturbation sizes and ${temperature.length} temperatures, which make ${cells} cells; ` +
      `expected at most ${mostCells}`,
  );
}

function checkDetectors(source: ValueSource, chosen: readonly string[], known: readonly string[]): void {
  for (const [i, name] of chosen.entries()) {
    const place = below(source, 'detectors', i);
    if (!known.includes(name)) {
      const remedy = didYouMean(name, known) || `; the detectors are ${known.join(', ')}`;
      throw inputFault(place, `unknown detector ${show(name)}${remedy}`);
    }
    if (chosen.indexOf(name) < i) throw inputFault(place, `found ${show(name)} twice; drop one`);
  }
}

/** Some detectors read logits, which must be kept for them. */
function checkWithoutLogits(source: ValueSource, chosen: readonly string[]): void {
  const at = chosen.findIndex((name) => detectors.some((one) => one.name === name && one.ofLogits));
  if (at < 0) return;
  throw withoutLogits(below(source, 'detectors', at), chosen[at]);
}

/** Names must differ in more than case, for file systems that do not tell case apart. */
function requireDifferent(
  source: ValueSource,
  kind: string,
  names: readonly { readonly name: string; readonly path: readonly (string | number)[] }[],
): void {
  const seen = new Set<string>();
  for (const { name, path } of names) {
    const key = name.toLowerCase();
    if (seen.has(key))
      throw inputFault(
        below(source, ...path),
        `found ${show(name)}, the name of another ${kind}; rename one`,
      );
    seen.add(key);
  }
}

/** Reading an experiment sorts them, so that only one that was edited can have another order. */
function requireAscending(source: ValueSource, values: readonly number[]): void {
  const at = values.findIndex((value, i) => i > 0 && value <= (values[i - 1] ?? value));
  if (at < 0) return;
  const [before, value] = [values[at - 1], values[at]];
  if (before === value) throw inputFault(source, `found ${value} twice; drop one`);
  throw inputFault(source, `found ${value} after ${before}; expected ascending values`);
}

function below({ file, path }: ValueSource, ...keys: readonly (string | number)[]): ValueSource {
  return { file, path: [...path, ...keys] };
}
