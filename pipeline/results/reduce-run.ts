import { RunFailedError } from '../../stages/errors.js';
import { call } from '../../stages/setting.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import { prepareRunDirectory, type RunDirectory } from '../../workers/store/run-directory.js';
import { ImageRecord } from '../inputs/bad-images.js';
import { differingImages } from '../inputs/changed-images.js';
import { FailureRecord } from '../inputs/errors-table.js';
import { openRecorded } from '../opening/open-run.js';
import type { OpenRun } from '../opening/opened.js';
import { allPlanned } from '../opening/valid-steps.js';
import { resamplingThreads } from '../reduction/resampling-threads.js';
import { ImageDigests } from '../store/image-digests.js';
import { surveyShards } from '../store/survey.js';
import { neededShards, planWave, type WavePasses } from '../waves/plan-wave.js';
import { chosenWave, searchWave, selectCells } from '../waves/select-cells.js';
import { reduceChecked } from './finish-run.js';
import { missingShards } from './missing-shards.js';
import { type RunResults, readResults, writeSelection } from './stored-results.js';

/** How a run is reduced. */
export interface ReduceSettings {
  /** Worker threads that resample; null for one a core, as by default. */
  readonly workers?: number | null | undefined;
}

/**
 * Selects and reduces from the finished shards of a run's latest experiment; scores nothing.
 * @throws InputError when the folder holds no run, or its files have changed
 * @throws RunFailedError when shards are missing, with their number, models and sets
 */
export async function reduceRun(
  directory: RunDirectory,
  { workers = null }: ReduceSettings,
): Promise<RunResults> {
  const run = await openRecorded(directory);
  await prepareRunDirectory(directory);
  const planned = await allPlanned(run);
  const found = { contents: new ImageDigests(), failures: new FailureRecord() };
  const search = await requireComplete(run, planned, searchWave(run), found);
  const selected = await selectCells({ ...run, checksums: search }, planned);
  await writeSelection(run, selected.rows);
  const chosen = await requireComplete(
    { ...run, checksums: search },
    planned,
    chosenWave(run, selected.rows),
    found,
  );
  const checksums = new Map([...search, ...chosen]);
  const threads = resamplingThreads(workers);
  try {
    await reduceChecked(run, planned, selected, { checksums, failures: found.failures }, threads);
  } finally {
    await threads.close();
  }
  return readResults(run);
}

/** What the shards of both waves say, as far as they were read. */
interface Found {
  readonly contents: ImageDigests;
  readonly failures: FailureRecord;
}

/**
 * @param found is added to
 * @returns checksum (hex) of each of the wave's shards, by id
 */
async function requireComplete(
  run: OpenRun,
  planned: readonly PlannedShard[],
  wave: WavePasses,
  { contents, failures }: Found,
): Promise<ReadonlyMap<string, string>> {
  const remedy = `finish the run first: ${call('run')}`;
  const where = `${run.directory.path}: wave ${wave.wave}`;
  if ((await planWave(run, wave, planned, async () => 0)).length > 0) {
    throw new RunFailedError(`${where} is not fully planned; ${remedy}`);
  }
  const needed = neededShards(run, wave, planned);
  const images = new ImageRecord();
  const survey = await surveyShards(
    run,
    needed,
    (shard, { scores }) => {
      images.note(shard, scores.failures);
      failures.note(shard, scores);
    },
    contents,
  );
  if (survey.missing.length > 0) {
    const which = missingShards(survey.missing, run.experiment.ensembles);
    throw new RunFailedError(
      `${where} lacks ${survey.missing.length} of ${needed.length} shards: ${which}; ${remedy}`,
    );
  }
  const differing = differingImages(run, [
    ...survey.images.changed,
    ...survey.images.differingBetween(run.sets),
  ]);
  if (differing !== null) throw differing;
  const problem = images.problem(run);
  if (problem !== null) throw new RunFailedError(problem);
  return survey.checksums;
}
