import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readJson } from '../../manifests/input/json-file.js';
import type { ExperimentInput, ExperimentSetInput } from '../../pipeline/experiment/experiment.js';
import { experimentSchema } from '../../pipeline/experiment/schema.js';

/** The paper's experiments, which ship in `manifests/paper`. */
export const paperExperiments = ['imagenet', 'cifar-10', 'imagenet-c', 'imagenet-c-by-cell'] as const;
export type PaperExperiment = (typeof paperExperiments)[number];

/** Those that the paper's tables are of. */
export const inTables: readonly PaperExperiment[] = ['imagenet', 'cifar-10'];

/** One that is to be run. */
export interface ReadExperiment {
  /** What its file and its run directory are called. */
  readonly name: string;
  readonly content: ExperimentInput;
  /** Files of its models and manifests, as it names them. */
  readonly models: readonly string[];
  readonly manifests: readonly string[];
}

/** Rows of each set, to tune on and to test on, in a trial. */
const TRIAL_ROWS = 16;

/**
 * Reads an experiment that ships.
 * @param models the folder where its networks are @param isTrial cut to some images and few cells, to see that all is in place
 */
export async function readPaperExperiment(
  name: PaperExperiment,
  models: string,
  isTrial: boolean,
): Promise<ReadExperiment> {
  const file = fileURLToPath(new URL(`../../../manifests/paper/${name}.json`, import.meta.url));
  const written = await readJson(file, 'experiment');
  if (!isExperiment(written)) throw new RangeError(`${file}: is no experiment`);
  const placed: ExperimentInput = {
    ...written,
    models: written.models.map((model) => ({ ...model, file: join(models, basename(model.file)) })),
  };
  return {
    name: isTrial ? `${name}-trial` : name,
    content: isTrial ? trialOf(placed) : placed,
    models: placed.models.map((model) => model.file),
    manifests: [placed.inDomain, ...placed.outliers].map(({ manifest }) => manifest),
  };
}

function isExperiment(value: unknown): value is ExperimentInput {
  return experimentSchema.safeParse(value).success;
}

function trialOf(experiment: ExperimentInput): ExperimentInput {
  const few = <Set extends ExperimentSetInput>(set: Set): Set => ({
    ...set,
    ...(set.validation === undefined ? {} : { validation: Math.min(set.validation, TRIAL_ROWS) }),
    test: TRIAL_ROWS,
  });
  return {
    ...experiment,
    name: `${experiment.name}-trial`,
    inDomain: few(experiment.inDomain),
    outliers: experiment.outliers.map(few),
    grid: { epsilon: [0, 0.002], temperature: [1, 1000] },
    resamplings: { deviation: 100, interval: 200 },
  };
}
