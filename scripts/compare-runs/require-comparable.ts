import { sameJson } from '../../pipeline/store/sealed-json.js';
import { InputError } from '../../stages/errors.js';
import type { FinishedRun } from './finished-run.js';

/**
 * Checks that two runs scored the same images by the same networks over the same grid: only then does each row of one
 * stand for a row of the other. Engine, precision, batch size and the number of resamplings may differ.
 * @throws InputError naming the first thing that differs, with both values
 */
export function requireComparable(reference: FinishedRun, other: FinishedRun): void {
  const [a, b] = [factsOf(reference), factsOf(other)];
  for (const [what, before] of a) {
    const now = b.get(what);
    if (!sameJson(before, now ?? null))
      throw new InputError(
        `${other.run.directory.path}: ${what} ${shown(now)}, but ${shown(before)} in ${reference.run.directory.path}; compare ` +
          'two runs of the same experiment',
      );
  }
  for (const what of b.keys())
    if (!a.has(what))
      throw new InputError(
        `${other.run.directory.path}: ${what} is only in this run; compare two runs of the same experiment`,
      );
  requireSameFailures(reference, other);
}

/** What must be equal, by what it is called. */
function factsOf({ run }: FinishedRun): ReadonlyMap<string, unknown> {
  const { experiment, models, manifests, scoreSchema } = run.contents;
  const { inDomain, outliers, grid, detectors, seed, perturbation } = experiment;
  return new Map<string, unknown>([
    ['the version of score rows is', scoreSchema],
    ['the networks are', experiment.models.map(({ name }) => name)],
    ...experiment.models.flatMap(({ name, file: _, ...settings }): [string, unknown][] => [
      [`the file of network "${name}" has sha256`, models[name]],
      [`the settings of network "${name}" are`, settings],
    ]),
    ['the in-domain set is', inDomain.name],
    ['the outlier sets are', outliers.map(({ name }) => name)],
    ...[inDomain, ...outliers].flatMap(({ name, validation, test }): [string, unknown][] => [
      [`the manifest of set "${name}" has sha256`, manifests[name]],
      [`the splits of set "${name}" are`, { validation, test }],
    ]),
    ['the detectors are', detectors],
    ['the grid is', grid],
    ['the space of perturbations is', perturbation.space],
    ['the seed is', seed],
  ]);
}

/** Images that only one of two runs could use are rows that only one of them has. */
function requireSameFailures(reference: FinishedRun, other: FinishedRun): void {
  const keys = ({ errors }: FinishedRun) =>
    new Set(errors.map(({ model, set, image }) => JSON.stringify([model, set, image])));
  const [a, b] = [keys(reference), keys(other)];
  const only = [...a].find((key) => !b.has(key)) ?? [...b].find((key) => !a.has(key));
  if (only === undefined) return;
  throw new InputError(
    `${other.run.directory.path}: image ${only} (network, set, image) could be used by only one of the runs; see errors.arrow, and ` +
      'try such images again with grodin run --retry-errors',
  );
}

/** A long list or grid would hide what is wrong. */
function shown(value: unknown): string {
  const text = JSON.stringify(value ?? null);
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}
