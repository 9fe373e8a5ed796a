import { dirname, parse as parsePath, resolve } from 'node:path';
import { readJson } from '../../manifests/input/json-file.js';
import { shortened } from '../../manifests/input/printable.js';
import { didYouMean } from '../../manifests/input/suggestion.js';
import { inputFault, show, validate } from '../../manifests/input/validate.js';
import { isFile } from '../../manifests/output/file-system.js';
import { resolvePreprocess } from '../../workers/images/parse-preprocess.js';
import type { Experiment, ExperimentModel, ExperimentSet } from './experiment.js';
import { type ExperimentFile, experimentSchema } from './schema.js';

type Path = readonly (string | number)[];

/** Where an experiment comes from. */
interface Source {
  /** What it is called in messages, and by default itself. */
  readonly file: string;
  /** What its paths are relative to. */
  readonly folder: string;
}

/**
 * Reads an experiment file: fills in every default, makes paths absolute and sorts the grid. Manifests and
 * models are only looked for, not read.
 * @param detectors the names of the detectors there are
 * @throws InputError with one line that names the file, the key, the value and the remedy
 */
export async function readExperimentFile(file: string, detectors: readonly string[]): Promise<Experiment> {
  return parseContent(await readJson(file, 'experiment'), { file, folder: dirname(file) }, detectors);
}

/** As `readExperimentFile`, of what such a file holds. */
export async function parseContent(
  content: unknown,
  source: Source,
  detectors: readonly string[],
): Promise<Experiment> {
  const { file, folder } = source;
  const parsed = validate(experimentSchema, content, { file, path: [] });
  checkDetectors(file, parsed.detectors, detectors);
  checkNames(file, parsed);
  const models: ExperimentModel[] = [];
  for (const [i, model] of parsed.models.entries()) {
    const fault = (text: string) => inputFault({ file, path: ['models', i, 'preprocess'] }, text);
    models.push({
      ...model,
      file: await existing(source, model.file, ['models', i, 'file']),
      preprocess: await resolvePreprocess(model.preprocess, folder, fault),
    });
  }
  const inDomain = await readSet(source, parsed.inDomain, ['inDomain']);
  const outliers: ExperimentSet[] = [];
  for (const [i, set] of parsed.outliers.entries())
    outliers.push(await readSet(source, set, ['outliers', i]));
  const grid = {
    epsilon: sortedGrid(file, ['grid', 'epsilon'], parsed.grid.epsilon),
    temperature: sortedGrid(file, ['grid', 'temperature'], parsed.grid.temperature),
  };
  checkCells(file, grid);
  return { ...parsed, name: parsed.name ?? nameOf(file), models, inDomain, outliers, grid };
}

/** The file's own name, with what a name may not hold replaced. */
function nameOf(file: string): string {
  const name = parsePath(file)
    .name.replaceAll(/[^A-Za-z0-9._+-]+/g, '-')
    .replaceAll(/^[^A-Za-z0-9]+|\.+$/g, '');
  return name === '' ? 'experiment' : name.slice(0, 100);
}

async function readSet(source: Source, set: ExperimentFile['inDomain'], path: Path): Promise<ExperimentSet> {
  return { ...set, manifest: await existing(source, set.manifest, [...path, 'manifest']) };
}

async function existing({ file, folder }: Source, written: string, path: Path): Promise<string> {
  const absolute = resolve(folder, written);
  if (await isFile(absolute)) return absolute;
  const remedy = 'give a path relative to the experiment file';
  throw inputFault(
    { file, path },
    `found ${show(written)}, but there is no file ${shortened(absolute, 300)}; ${remedy}`,
  );
}

function checkDetectors(file: string, chosen: readonly string[], known: readonly string[]): void {
  for (const [i, name] of chosen.entries()) {
    const path = ['detectors', i];
    if (!known.includes(name)) {
      const remedy = didYouMean(name, known) || `; the detectors are ${known.join(', ')}`;
      throw inputFault({ file, path }, `unknown detector ${show(name)}${remedy}`);
    }
    if (chosen.indexOf(name) < i) throw inputFault({ file, path }, `found ${show(name)} twice; drop one`);
  }
}

/** Names must differ in more than case, for file systems that do not tell case apart. */
function checkNames(file: string, { models, inDomain, outliers }: ExperimentFile): void {
  const modelNames = models.map(({ name }, i) => ({ name, path: ['models', i, 'name'] }));
  const setNames = [
    { name: inDomain.name, path: ['inDomain', 'name'] },
    ...outliers.map(({ name }, i) => ({ name, path: ['outliers', i, 'name'] })),
  ];
  for (const { kind, names } of [
    { kind: 'model', names: modelNames },
    { kind: 'set', names: setNames },
  ]) {
    const seen = new Set<string>();
    for (const { name, path } of names) {
      const key = name.toLowerCase();
      if (seen.has(key)) {
        throw inputFault({ file, path }, `found ${show(name)}, the name of another ${kind}; rename one`);
      }
      seen.add(key);
    }
  }
}

/** The most cells that are allowed: each costs a pass over every validation image. */
const mostCells = 100_000;

function checkCells(file: string, { epsilon, temperature }: Experiment['grid']): void {
  const cells = epsilon.length * temperature.length;
  if (cells <= mostCells) return;
  throw inputFault(
    { file, path: ['grid'] },
    `found ${epsilon.length} perturbation sizes and ${temperature.length} temperatures, which make ${cells} cells; ` +
      `expected at most ${mostCells}`,
  );
}

function sortedGrid(file: string, path: Path, values: readonly number[]): readonly number[] {
  const sorted = values.map((value) => value + 0).sort((a, b) => a - b);
  const repeated = sorted.find((value, i) => value === sorted[i - 1]);
  if (repeated === undefined) return sorted;
  throw inputFault({ file, path }, `found ${repeated} twice; drop one`);
}
