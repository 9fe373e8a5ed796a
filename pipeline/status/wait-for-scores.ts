import type { RunDirectory } from '../../workers/store/run-directory.js';
import { shardIdsIn } from '../../workers/store/shard-store.js';
import type { Experiment } from '../experiment/experiment.js';
import { openRecorded } from '../opening/open-run.js';
import { allPlanned } from '../opening/valid-steps.js';
import { readSelection } from '../results/stored-results.js';
import { neededShards, planWave } from '../waves/plan-wave.js';
import { chosenWave, searchWave } from '../waves/select-cells.js';
import { isOf } from './is-of.js';
import { waitForBeginning } from './wait-for-beginning.js';
import { type Waited, type Waiting, waitUntil } from './wait-for-end.js';

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
  const left = await waitForBeginning(directory, waiting);
  let isOurs = false;
  return waitUntil(directory, { ...waiting, ...left }, async ({ waves }) => {
    isOurs ||= await isOf(directory, experiment);
    return isOurs && waves.every(({ done, total }) => done === total) && (await areThere(directory));
  });
}

/** Whether cells are chosen, and every shard that is needed of both waves is there, by the names of their files. */
async function areThere(directory: RunDirectory): Promise<boolean> {
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
