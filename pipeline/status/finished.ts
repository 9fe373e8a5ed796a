import type { OpenRun } from '../opening/opened.js';
import { allPlanned } from '../opening/valid-steps.js';
import { checksumsOf, resultShards } from '../results/finish-run.js';
import { areResultsCurrent, hasResultsOf, readSelection } from '../results/stored-results.js';
import { surveyShards } from '../store/survey.js';
import { planWave } from '../waves/plan-wave.js';
import { chosenWave, searchWave } from '../waves/select-cells.js';

/**
 * Whether a run is finished: everything the experiment needs is planned, every shard is there and unaltered,
 * and the results are made from them. Opens no model and starts no process.
 */
export async function isFinished(run: OpenRun): Promise<boolean> {
  // Without a look at any shard, of which there may be many.
  if (!(await hasResultsOf(run.directory, run.revision.contentId))) return false;
  const planned = await allPlanned(run);
  if (planned.length === 0) return false;
  const selection = await readSelection(run.directory, run.revision.contentId);
  if (selection === null) return false;
  const shards = resultShards(run, planned, selection);
  for (const wave of [searchWave(run), chosenWave(run, selection)]) {
    if ((await planWave(run, wave, planned, async () => 0)).length > 0) return false;
  }
  const { missing, checksums, images } = await surveyShards(run, shards);
  if (missing.length > 0 || images.changed.length > 0) return false;
  return areResultsCurrent(run, checksumsOf(shards, checksums));
}
