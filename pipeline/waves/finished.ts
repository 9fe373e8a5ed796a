import { readFile } from 'node:fs/promises';
import { readPlan } from '../plan/plan-file.js';
import type { PlannedShard } from '../plan/planned-shard.js';
import { decodeSelection } from '../selection/encoding.js';
import { surveyShards } from '../store/shard-store.js';
import { resultShards } from './finish-run.js';
import type { OpenRun } from './open-run.js';
import { allShards, planWave } from './plan-wave.js';
import { areResultsCurrent } from './results.js';
import { chosenWave, searchWave } from './select-cells.js';

/** All shards planned so far. */
export async function allPlanned(run: OpenRun): Promise<readonly PlannedShard[]> {
  return allShards(await readPlan(run.directory.plan));
}

/**
 * Whether a run is finished: everything the experiment needs is planned, every shard is there and unaltered,
 * and the results are made from them. Opens no model and starts no process.
 */
export async function isFinished(run: OpenRun): Promise<boolean> {
  const planned = await allPlanned(run);
  if (planned.length === 0) return false;
  const selection = await readFile(run.directory.selection).then(decodeSelection, () => null);
  if (selection === null) return false;
  const shards = resultShards(run, planned, selection);
  if (!(await areResultsCurrent(run, shards))) return false;
  for (const wave of [searchWave(run), chosenWave(run, selection)]) {
    if ((await planWave(run, wave, planned, async () => 0)).length > 0) return false;
  }
  return (await surveyShards(run.directory, shards)).missing.length === 0;
}
