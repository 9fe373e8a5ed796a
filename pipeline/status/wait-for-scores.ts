import { setTimeout as pause } from 'node:timers/promises';
import { stopIfAborted } from '../../stages/aborted.js';
import { InterruptedError } from '../../stages/errors.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { shardIdsIn } from '../../workers/store/shard-store.js';
import type { Experiment } from '../experiment/experiment.js';
import { openExperiment, openRecorded } from '../opening/open-run.js';
import { allPlanned } from '../opening/valid-steps.js';
import { readSelection } from '../results/stored-results.js';
import { contentId, isBegun, readLatestRevision } from '../store/revisions.js';
import { neededShards, planWave } from '../waves/plan-wave.js';
import { chosenWave, searchWave } from '../waves/select-cells.js';
import { type Waited, type Waiting, waitUntil } from './wait-for-end.js';

/** Rests between two looks at a folder that holds no run yet. */
const REST_MILLISECONDS = 5_000;

/**
 * Waits until all scores of an experiment are there, for who makes tables of them. A run that is not begun yet is waited for; what
 * a run was before it grew into this experiment does not count.
 * @throws InputError or ModelError when a file of the experiment can't be read
 * @throws InterruptedError when it is not begun in time, or the signal was aborted
 */
export async function waitForScores(
  directory: RunDirectory,
  experiment: Experiment,
  waiting: Waiting,
): Promise<Waited> {
  const begun = performance.now();
  const { signal, timeout } = waiting;
  while (!(await isBegun(directory))) {
    const left = (timeout ?? Number.POSITIVE_INFINITY) * 1_000 - (performance.now() - begun);
    if (left <= 0) throw new InterruptedError(`${directory.path}: nobody has begun the run in time`);
    await pause(Math.min(REST_MILLISECONDS, left), undefined, { signal }).catch(() => {});
    stopIfAborted(signal);
  }
  let isOurs = false;
  return waitUntil(directory, waiting, async ({ waves }) => {
    isOurs ||= await isOf(directory, experiment);
    return isOurs && waves.every(({ done, total }) => done === total) && (await areScoresThere(directory));
  });
}

/** Whether a run's latest state is this experiment, with the files that there are now. */
async function isOf(directory: RunDirectory, experiment: Experiment): Promise<boolean> {
  const latest = await readLatestRevision(directory);
  const { memory: _, device: __, workers: ___, maxPixels: ____, batchSize, ...rest } = experiment;
  const { batchSize: settled, stepsTogether, engine } = latest.experiment;
  const open = await openExperiment({
    ...rest,
    batchSize: batchSize ?? settled,
    ...(stepsTogether === undefined ? {} : { stepsTogether }),
    engine,
  });
  return contentId(open.contents) === latest.contentId;
}

/** Whether cells are chosen, and every shard that is needed of both waves is there, by the names of their files. */
export async function areScoresThere(directory: RunDirectory): Promise<boolean> {
  const run = await openRecorded(directory);
  const chosen = await readSelection(directory, run.revision.contentId);
  if (chosen === null) return false;
  const planned = await allPlanned(run);
  const finished = await shardIdsIn(directory);
  for (const wave of [searchWave(run), chosenWave(run, chosen)]) {
    if ((await planWave(run, wave, planned, async () => 0)).length > 0) return false;
    if (!neededShards(run, wave, planned).every(({ id }) => finished.has(id))) return false;
  }
  return true;
}
