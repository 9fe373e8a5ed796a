import { join } from 'node:path';
import { writeAtomically } from '../../manifests/output/atomic-file.js';
import { makeFolder } from '../../manifests/output/make-folder.js';
import { quoted } from '../../pipeline/cluster/slurm/bash-text.js';
import type { Experiment, PlannedExperiment } from '../../pipeline/experiment/experiment.js';
import { readJournals } from '../../pipeline/journal/journal.js';
import { readExperiment } from '../../pipeline/read-experiment.js';
import { readLatestRevision } from '../../pipeline/store/revisions.js';
import { sameJson } from '../../pipeline/store/sealed-json.js';
import { InputError } from '../../stages/errors.js';
import { deviceKinds } from '../../workers/devices/index.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';

/** A run as an experiment file and options say it. */
export interface RecordedExperiment {
  /** The experiment file, which lies in the run directory. */
  readonly file: string;
  /** `--device` and `--precision`. */
  readonly options: readonly string[];
}

/**
 * Writes what a run is of, as it was begun or has grown since, as an experiment file.
 * @throws InputError when the folder holds no run, or one that no experiment file says
 */
export async function writeRecorded(directory: RunDirectory): Promise<RecordedExperiment> {
  const { experiment: planned } = await readLatestRevision(directory);
  // What was settled when the run was begun, it keeps by itself.
  const { engine, stepsTogether: _, ...content } = planned;
  const file = join(directory.path, 'local', 'experiment.json');
  await makeFolder(join(directory.path, 'local'));
  await writeAtomically(file, `${JSON.stringify(content, null, 2)}\n`);
  if (!sameJson(settledOf(await readExperiment(file)), content))
    throw new InputError(
      `${directory.path}: an experiment file can't say all that this run is of; go on with: grodin run EXPERIMENT --out ${quoted(directory.path)}`,
    );
  const [kind = '', precision] = engine.split(' ');
  const device = (await usedLast(directory)) ?? deviceKinds.find((one) => one.engine === kind)?.name ?? 'cpu';
  return {
    file,
    options: ['--device', device, ...(precision === undefined ? [] : ['--precision', precision])],
  };
}

/** What of an experiment a run keeps. */
function settledOf(experiment: Experiment): Omit<PlannedExperiment, 'engine' | 'batchSize'> {
  const { memory: _, device: __, workers: ___, maxPixels: ____, ...rest } = experiment;
  return rest;
}

/** The kind of device of the shard that was scored last: of GPUs this machine may have others, and all of them are used. */
async function usedLast({ journals }: RunDirectory): Promise<string | null> {
  const entries = (await readJournals(journals)).flatMap(({ entries: own }) => own);
  const last = entries.reduce<(typeof entries)[number] | null>(
    (latest, one) => (latest !== null && latest.to > one.to ? latest : one),
    null,
  );
  return last?.device.split(':')[0] ?? null;
}
