import { shortened } from '../../manifests/input/printable.js';
import { didYouMean } from '../../manifests/input/suggestion.js';
import { InputError } from '../../stages/errors.js';
import type { Experiment } from '../experiment/experiment.js';
import type { ModelOutlierPair } from '../reduction/results.js';

/** What is compared with what: names of the first run, and what the second one calls them. Absent for equal names, and all of them. */
export interface NamesCompared {
  /** Of models and ensembles. */
  readonly models?: Readonly<Record<string, string>> | undefined;
  /** Of outlier sets. */
  readonly sets?: Readonly<Record<string, string>> | undefined;
}

/** Finds what one of two runs calls a model and outlier set of the other one. */
export class NamePairs {
  readonly #models: NamesCompared['models'];
  readonly #sets: NamesCompared['sets'];

  constructor({ models, sets }: NamesCompared) {
    this.#models = models;
    this.#sets = sets;
  }

  /** @returns null for what is not to be compared */
  inSecond({ model, outlier }: ModelOutlierPair): ModelOutlierPair | null {
    const [second, set] = [named(this.#models, model), named(this.#sets, outlier)];
    return second === null || set === null ? null : { model: second, outlier: set };
  }

  /** @returns none for what is not to be compared; several where the first run's are compared with one of the second */
  inFirst({ model, outlier }: ModelOutlierPair): readonly ModelOutlierPair[] {
    return namedBy(this.#models, model).flatMap((first) =>
      namedBy(this.#sets, outlier).map((set) => ({ model: first, outlier: set })),
    );
  }
}

function named(names: NamesCompared['models'], name: string): string | null {
  if (names === undefined) return name;
  return Object.hasOwn(names, name) ? (names[name] ?? null) : null;
}

function namedBy(names: NamesCompared['models'], name: string): readonly string[] {
  if (names === undefined) return [name];
  return Object.keys(names).filter((first) => names[first] === name);
}

/** Whether something is compared that bears another name in the other run. */
export function hasOtherNames({ models = {}, sets = {} }: NamesCompared): boolean {
  return [models, sets].some((names) => Object.entries(names).some(([first, second]) => first !== second));
}

/** As much of a run as says what names it has. */
interface NamedRun {
  readonly path: string;
  readonly experiment: Pick<Experiment, 'models' | 'ensembles' | 'outliers'>;
}

/** @throws InputError naming the run and the name that it does not have */
export function requireNames(
  { models = {}, sets = {} }: NamesCompared,
  first: NamedRun,
  second: NamedRun,
): void {
  requireThose('model', Object.keys(models), first);
  requireThose('model', Object.values(models), second);
  requireThose('outlier set', Object.keys(sets), first);
  requireThose('outlier set', Object.values(sets), second);
}

function requireThose(
  of: 'model' | 'outlier set',
  names: readonly string[],
  { path, experiment: { models, ensembles = [], outliers } }: NamedRun,
): void {
  const known = (of === 'model' ? [...models, ...ensembles] : outliers).map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new InputError(
    `${path}: the experiment has no ${of} "${shortened(unknown, 100)}"${didYouMean(unknown, known) || `; it has ${known.join(', ')}`}`,
  );
}
