import { RunFailedError } from '../errors.js';
import { resamplingThreads } from '../pool/resampling-threads.js';
import type { RunDirectory } from '../store/run-directory.js';
import { readLatestRevision } from '../store/run-file.js';
import { surveyShards } from '../store/shard-store.js';
import { checkBadImages } from './bad-images.js';
import { finishRun } from './finish-run.js';
import { allPlanned } from './finished.js';
import { type OpenRun, openRun } from './open-run.js';
import { neededShards, planWave, type WavePasses } from './plan-wave.js';
import { type RunResults, readResults, writeSelection } from './results.js';
import { chosenWave, searchWave, selectCells } from './select-cells.js';

export interface ReduceOptions {
  /** Worker threads that resample; null for one a core. */
  readonly workers: number | null;
}

/**
 * Selects and reduces from the finished shards of a run's latest experiment; scores nothing.
 * @throws InputError when the folder holds no run, or its files have changed
 * @throws RunFailedError when shards are missing, with their number
 */
export async function reduceRun(directory: RunDirectory, { workers }: ReduceOptions): Promise<RunResults> {
  const run = await openRun((await readLatestRevision(directory)).experiment, directory);
  await requireComplete(run, searchWave(run));
  const planned = await allPlanned(run);
  const selected = await selectCells(run, planned);
  await writeSelection(directory, selected.rows);
  await requireComplete(run, chosenWave(run, selected.rows));
  const threads = resamplingThreads(workers);
  try {
    await finishRun(run, planned, selected, threads);
  } finally {
    await threads.close();
  }
  return readResults(run);
}

async function requireComplete(run: OpenRun, wave: WavePasses): Promise<void> {
  const planned = await allPlanned(run);
  const remedy = 'finish the run first: grodin run EXPERIMENT --out DIR';
  const where = `${run.directory.path}: wave ${wave.wave}`;
  if ((await planWave(run, wave, planned, async () => 0)).length > 0) {
    throw new RunFailedError(`${where} is not planned to its end; ${remedy}`);
  }
  const needed = neededShards(run, wave, planned);
  const survey = await surveyShards(run.directory, needed);
  if (survey.missing.length > 0) {
    throw new RunFailedError(`${where} lacks ${survey.missing.length} of ${needed.length} shards; ${remedy}`);
  }
  checkBadImages(run, survey.failures);
}
