import type { RunDirectory } from '../../workers/store/run-directory.js';
import { detectorNames } from '../experiment/check-experiment.js';
import type { Experiment } from '../experiment/experiment.js';
import { readExperimentFile } from '../experiment/parse.js';
import { openRecorded } from '../opening/open-run.js';
import { readLatestRevision } from '../store/revisions.js';
import { readSubmission, resultsStamp, type Submission } from '../submissions/submission.js';
import { isFinished } from './finished.js';
import { isOf } from './is-of.js';

/**
 * Sees whether a run's results are those of an experiment and of all its shards as they are now, which takes reading them: once for
 * each state of the run.
 */
export class ResultsCheck {
  readonly #directory: RunDirectory;
  #last: { readonly state: string; readonly experiment: string; readonly are: boolean } | null = null;

  constructor(directory: RunDirectory) {
    this.#directory = directory;
  }

  /** @param name tells experiments from each other */
  async areOf(name: string, read: () => Promise<Experiment>): Promise<boolean> {
    const { number } = await readLatestRevision(this.#directory);
    const state = `${number} ${await resultsStamp(this.#directory)}`;
    if (this.#last?.state !== state || this.#last.experiment !== name)
      this.#last = { state, experiment: name, are: await this.#look(read) };
    return this.#last.are;
  }

  async #look(read: () => Promise<Experiment>): Promise<boolean> {
    const directory = this.#directory;
    return (await isOf(directory, await read())) && (await isFinished(await openRecorded(directory)));
  }
}

/**
 * What was given to a scheduler, as long as the results in the directory are from before it and not of its experiment; null where
 * nothing is to be waited for.
 * @param isComplete whether results of the run's latest state are there, and all its shards by their names
 */
export async function awaitedSubmission(
  directory: RunDirectory,
  check: ResultsCheck,
  isComplete: boolean,
): Promise<Submission | null> {
  const last = await readSubmission(directory);
  if (last === null) return null;
  if ((await resultsStamp(directory)) !== last.before) return null;
  if (!isComplete) return last;
  // It may have had nothing to add, or somebody else did its work.
  const read = () => readExperimentFile(last.experiment, detectorNames);
  return (await check.areOf(last.experiment, read).catch(() => false)) ? null : last;
}
