import type { PlannedExperiment } from '../../pipeline/experiment/experiment.js';
import { openExperiment } from '../../pipeline/opening/open-run.js';
import type { OpenRun } from '../../pipeline/opening/opened.js';
import { allPlanned } from '../../pipeline/opening/valid-steps.js';
import { readExperiment } from '../../pipeline/read-experiment.js';
import { hasResultsOf, type RunResults, readResults } from '../../pipeline/results/stored-results.js';
import { readLatestRevision } from '../../pipeline/store/revisions.js';
import { neededShards } from '../../pipeline/waves/plan-wave.js';
import { chosenWave, searchWave } from '../../pipeline/waves/select-cells.js';
import { InputError } from '../../stages/errors.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import { runDirectory } from '../../workers/store/run-directory.js';

/** A run that has ended, with all that its directory holds. */
export interface FinishedRun extends RunResults {
  readonly run: OpenRun;
  /** All shards of its plan. */
  readonly planned: readonly PlannedShard[];
}

/**
 * Opens a finished run by what its directory says of it; of other files only the manifests are read.
 * @param path of the run directory
 * @param experimentFile names the manifests where they no longer lie where the run had them, as when it was made on
 * another machine
 * @throws InputError when the folder holds no run, the run is not finished, or a manifest is another by now
 */
export async function openFinished(path: string, experimentFile?: string): Promise<FinishedRun> {
  const directory = runDirectory(path);
  const revision = await readLatestRevision(directory);
  if (!(await hasResultsOf(directory, revision.contentId)))
    throw new InputError(
      `${path}: this run is not finished; finish it first: grodin run EXPERIMENT --out ${path}`,
    );
  const experiment =
    experimentFile === undefined
      ? revision.experiment
      : await withManifestsOf(revision.experiment, experimentFile);
  const open = await openExperiment(experiment, async ({ name }) => revision.models[name] ?? '');
  for (const { name, rows } of open.sets)
    if (rows.sha256 !== revision.manifests[name])
      throw new InputError(
        `${rows.file}: the manifest of set "${name}" is not the one that ${path} was made from; restore it, or name the ` +
          'experiment whose manifests they are with --experiment',
      );
  const manifests = new Map(open.sets.map(({ name, rows }) => [name, rows]));
  const run = { ...open, directory, revision, manifestOf: (set: string) => manifests.get(set) };
  return { run, planned: await allPlanned(run), ...(await readResults(run)) };
}

/** The shards of one wave that a run's results are made from. */
export function shardsOfWave({ run, planned, selection }: FinishedRun, wave: 1 | 2): readonly PlannedShard[] {
  return neededShards(run, wave === 1 ? searchWave(run) : chosenWave(run, selection), planned);
}

async function withManifestsOf(experiment: PlannedExperiment, file: string): Promise<PlannedExperiment> {
  const { inDomain, outliers } = await readExperiment(file);
  const manifests = new Map([inDomain, ...outliers].map(({ name, manifest }) => [name, manifest]));
  const placed = <Set extends { name: string; manifest: string }>(set: Set): Set => ({
    ...set,
    manifest: manifests.get(set.name) ?? set.manifest,
  });
  return { ...experiment, inDomain: placed(experiment.inDomain), outliers: experiment.outliers.map(placed) };
}
