import type { RunDirectory } from '../../workers/store/run-directory.js';
import type { Experiment } from '../experiment/experiment.js';
import { isOf } from './is-of.js';
import { areScoresThere } from './scores-there.js';
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
    return isOurs && waves.every(({ done, total }) => done === total) && (await areScoresThere(directory));
  });
}
