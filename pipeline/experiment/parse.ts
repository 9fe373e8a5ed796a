import { dirname, parse as parsePath, resolve } from 'node:path';
import type { CorruptionSetting, WrittenCorruption } from '../../manifests/imagenet/corruptions.js';
import { inputFault } from '../../manifests/input/input-fault.js';
import { readJson } from '../../manifests/input/json-file.js';
import { shortened } from '../../manifests/input/printable.js';
import { show } from '../../manifests/input/show.js';
import { validate } from '../../manifests/input/validate.js';
import { isFile } from '../../manifests/output/file-system.js';
import { resolveCorruption } from '../../workers/images/corruptions/parse-corruption.js';
import { resolvePreprocess } from '../../workers/images/parse-preprocess.js';
import { checkGrid, checkNames } from './check-experiment.js';
import type { Experiment, ExperimentModel } from './experiment.js';
import { type ExperimentFile, experimentSchema } from './schema.js';

type Path = readonly (string | number)[];

interface Listed {
  readonly manifest: string;
  readonly corrupt?: WrittenCorruption | undefined;
}

/** A set whose paths were followed. */
type ReadSet<Set extends Listed> = Omit<Set, 'corrupt'> & { readonly corrupt?: CorruptionSetting };

/** Where an experiment comes from. */
interface Source {
  /** What it is called in messages, and by default itself. */
  readonly file: string;
  /** What its paths are relative to. */
  readonly folder: string;
  /** That folder, as messages name it. */
  readonly folderIs: string;
}

/**
 * Reads an experiment file: fills in every default, makes paths absolute and sorts the grid. Manifests and
 * models are only looked for, not read.
 * @param detectors the names of the detectors there are
 * @throws InputError with one line that names the file, the key, the value and the remedy
 */
export async function readExperimentFile(file: string, detectors: readonly string[]): Promise<Experiment> {
  const source = { file, folder: dirname(file), folderIs: 'the experiment file' };
  return parseContent(await readJson(file, 'experiment'), source, detectors);
}

/** As `readExperimentFile`, of what such a file holds. */
export async function parseContent(
  content: unknown,
  source: Source,
  detectors: readonly string[],
): Promise<Experiment> {
  const { file, folder } = source;
  const parsed = withoutEmpty(validate(experimentSchema, content, { file, path: [] }));
  checkNames({ file, path: [] }, parsed, detectors);
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
  const outliers = await readSets(source, parsed.outliers, 'outliers');
  const { validationSets, covariateShifted, ...named } = parsed;
  const others = {
    ...(validationSets && { validationSets: await readSets(source, validationSets, 'validationSets') }),
    ...(covariateShifted && {
      covariateShifted: await readSets(source, covariateShifted, 'covariateShifted'),
    }),
  };
  const grid = {
    epsilon: ascending(parsed.grid.epsilon),
    temperature: ascending(parsed.grid.temperature),
  };
  checkGrid({ file, path: [] }, grid);
  // Written out, so that a run from before there were logits is told apart from one that has none.
  const logits = parsed.logits ?? true;
  const name = parsed.name ?? nameOf(file);
  return { ...named, logits, name, models, inDomain, outliers, ...others, grid };
}

/** Without the lists that are empty, which say as much as if they were left out. */
function withoutEmpty({
  validationSets,
  covariateShifted,
  groups,
  ensembles,
  ...named
}: ExperimentFile): ExperimentFile {
  return {
    ...named,
    ...(validationSets?.length ? { validationSets } : {}),
    ...(covariateShifted?.length ? { covariateShifted } : {}),
    ...(groups?.length ? { groups } : {}),
    ...(ensembles?.length ? { ensembles } : {}),
  };
}

/** The file's own name, with what a name may not hold replaced. */
function nameOf(file: string): string {
  const name = parsePath(file)
    .name.replaceAll(/[^A-Za-z0-9._+-]+/g, '-')
    .replaceAll(/^[^A-Za-z0-9]+|\.+$/g, '');
  return name === '' ? 'experiment' : name.slice(0, 100);
}

async function readSets<Set extends Listed>(
  source: Source,
  sets: readonly Set[],
  key: string,
): Promise<ReadSet<Set>[]> {
  const read: ReadSet<Set>[] = [];
  for (const [i, set] of sets.entries()) read.push(await readSet(source, set, [key, i]));
  return read;
}

async function readSet<Set extends Listed>(source: Source, set: Set, path: Path): Promise<ReadSet<Set>> {
  const { corrupt, ...others } = set;
  const fault = (text: string) => inputFault({ file: source.file, path: [...path, 'corrupt'] }, text);
  return {
    ...others,
    manifest: await existing(source, set.manifest, [...path, 'manifest']),
    ...(corrupt === undefined
      ? {}
      : { corrupt: await resolveCorruption(corrupt, source.folder, '"textures"', fault) }),
  };
}

async function existing({ file, folder, folderIs }: Source, written: string, path: Path): Promise<string> {
  const absolute = resolve(folder, written);
  if (await isFile(absolute)) return absolute;
  const remedy = `give a path relative to ${folderIs}`;
  throw inputFault(
    { file, path },
    `found ${show(written)}, but there is no file ${shortened(absolute, 300)}; ${remedy}`,
  );
}

function ascending(values: readonly number[]): readonly number[] {
  return values.map((value) => value + 0).sort((a, b) => a - b);
}
