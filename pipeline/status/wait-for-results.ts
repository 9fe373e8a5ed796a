import type { RunDirectory } from '../../workers/store/run-directory.js';
import type { Experiment } from '../experiment/experiment.js';
import { ResultsCheck } from './awaited.js';
import { waitForBeginning } from './wait-for-beginning.js';
import { type Waited, type Waiting, waitUntil } from './wait-for-end.js';

/**
 * Waits until the results of an experiment are there, made of all its scores as they are now. A run that is not begun yet is waited
 * for; results of what a run was before it grew into this experiment don't count.
 * @throws InputError or ModelError when a file of the experiment can't be read
 * @throws InterruptedError when it is not begun in time, or the signal was aborted
 */
export async function waitForResults(
  directory: RunDirectory,
  experiment: Experiment,
  waiting: Waiting,
): Promise<Waited> {
  const left = await waitForBeginning(directory, waiting);
  const check = new ResultsCheck(directory);
  return waitUntil(directory, { ...waiting, ...left }, async ({ resultsWritten, waves }) => {
    const areAllThere = waves.every(({ done, total }) => done === total);
    return resultsWritten && areAllThere && (await check.areOf(experiment.name, async () => experiment));
  });
}
