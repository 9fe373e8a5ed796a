/** What the arguments of the public functions may be, beside their options (`options.ts`). */
import { inputFault, type ValueSource } from '../manifests/input/input-fault.js';
import { show } from '../manifests/input/show.js';
import { validate } from '../manifests/input/validate.js';
import type { InputError } from '../stages/errors.js';
import { checkGrid, checkNames, detectorNames } from './experiment/check-experiment.js';
import { resolvedExperiment, whatExperimentLacks } from './experiment/resolved-schema.js';
import { path } from './experiment/schema.js';
import { optionSchemas } from './options.js';

/**
 * Checks a path: an empty one would stand for the working folder.
 * @param of the function, as errors name it
 * @param name of the argument
 * @param what it is the path of, for example `the path of a manifest`
 * @throws InputError
 */
export function requirePath(of: string, name: string, given: unknown, what: string): void {
  validate(path(what), given, { file: of, path: [name] });
}

/** Checks a list of paths, which must not be empty. @throws InputError */
export function requirePaths(of: string, name: string, given: unknown, what: string): void {
  requireTexts(of, name, given, what);
  for (const path of Array.isArray(given) && given.length > 0 ? given : [undefined])
    requirePath(of, name, path, what);
}

/** Checks the path of a model. @throws InputError */
export function requireModelFile(of: string, given: unknown): void {
  requirePath(of, 'file', given, 'the path of an ONNX file');
}

/** Checks where a run is said to lie. @throws InputError */
export function requireRunDirectory(
  of: 'status' | 'wait' | 'reduce' | 'compare' | 'exportScores',
  given: unknown,
  name = 'out',
): void {
  validate(optionSchemas.run.shape.out, given, { file: of, path: [name] });
}

/** Checks where runs, one at least, are said to lie. @throws InputError */
export function requireRunDirectories(of: 'report', given: unknown): void {
  const source = { file: of, path: ['out'] };
  if (!Array.isArray(given) || given.length === 0)
    throw noList(source, given, 'paths of run directories, or one path');
  for (const [at, one] of given.entries())
    validate(
      optionSchemas.run.shape.out,
      one,
      given.length === 1 ? source : { ...source, path: ['out', at] },
    );
}

/** Checks a list of texts; a text alone would be taken for the list of its letters. @throws InputError */
export function requireTexts(of: string, name: string, given: unknown, what: string): void {
  if (!Array.isArray(given)) throw noList({ file: of, path: [name] }, given, what);
  const at = given.findIndex((one) => typeof one !== 'string');
  if (at >= 0) throw inputFault({ file: of, path: [name, at] }, `found ${show(given[at])}; expected a text`);
}

/** Checks numbers that may be in an array of any kind. @throws InputError */
export function requireNumbers(of: string, name: string, given: unknown): void {
  if (!isArrayLike(given)) throw noList({ file: of, path: [name] }, given, 'numbers');
  for (let at = 0; at < given.length; at++)
    if (typeof given[at] !== 'number')
      throw inputFault({ file: of, path: [name, at] }, `found ${show(given[at])}; expected a number`);
}

function isArrayLike(given: unknown): given is ArrayLike<unknown> {
  if (typeof given !== 'object' || given === null || !('length' in given)) return false;
  return Number.isSafeInteger(given.length) && Number(given.length) >= 0;
}

function noList(source: ValueSource, given: unknown, what: string): InputError {
  const found = given === undefined ? 'missing' : `found ${show(given)}`;
  return inputFault(source, `${found}; expected a list of ${what}`);
}

/**
 * Checks an experiment: that it has all that reading one fills in, and that what code changed in it is within the bounds of
 * what a file may say.
 * @throws InputError that names what it lacks, or the key at fault
 */
export function requireExperiment(of: 'run' | 'runWithoutReducing' | 'forecast', experiment: unknown): void {
  const source = { file: of, path: ['experiment'] };
  const lacking = whatExperimentLacks(experiment);
  if (lacking !== null)
    throw inputFault(
      source,
      `found ${show(experiment)}, which lacks ${lacking}; expected what parseExperiment or readExperiment gives`,
    );
  const checked = validate(resolvedExperiment, experiment, source);
  checkNames(source, checked, detectorNames);
  checkGrid(source, checked.grid);
}
