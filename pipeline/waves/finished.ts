import { surveyShards } from '../store/survey.js';
import { checksumsOf, resultShards } from './finish-run.js';
import type { OpenRun } from './opened.js';
import { planWave } from './plan-wave.js';
import { allPlanned } from './planned-for.js';
import { chosenWave, searchWave } from './select-cells.js';
import { areResultsCurrent, readSelection } from './stored-results.js';

/**
 * Whether a run is finished: everything the experiment needs is planned, every shard is there and unaltered,
 * and the results are made from them. Opens no model and starts no process.
 */
export async function isFinished(run: OpenRun): Promise<boolean> {
  const planned = await allPlanned(run);
  if (planned.length === 0) return false;
  const selection = await readSelection(run.directory, run.contents);
  if (selection === null) return false;
  const shards = resultShards(run, planned, selection);
  for (const wave of [searchWave(run), chosenWave(run, selection)]) {
    if ((await planWave(run, wave, planned, async () => 0)).length > 0) return false;
  }
  const { missing, checksums, images } = await surveyShards(run, shards);
  if (missing.length > 0 || images.changed.length > 0) return false;
  return areResultsCurrent(run, checksumsOf(shards, checksums));
}
