import type { RunDirectory } from '../../workers/store/run-directory.js';
import { shardIdsIn } from '../../workers/store/shard-store.js';
import { openRecorded } from '../opening/open-run.js';
import { allPlanned } from '../opening/valid-steps.js';
import { readSelection } from '../results/stored-results.js';
import { neededShards, planWave } from '../waves/plan-wave.js';
import { chosenWave, searchWave } from '../waves/select-cells.js';

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
