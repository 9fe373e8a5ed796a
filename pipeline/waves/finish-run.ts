import type { PlannedShard } from '../plan/planned-shard.js';
import type { Resampler } from '../reduction/resampler.js';
import { gatherErrors } from './errors-table.js';
import type { OpenRun } from './open-run.js';
import { neededShards } from './plan-wave.js';
import { reduceScores } from './reduce-scores.js';
import { writeResults } from './results.js';
import { chosenWave, type Selected, searchWave } from './select-cells.js';

/** Reduces the finished shards and writes all results. */
export async function finishRun(
  run: OpenRun,
  planned: readonly PlannedShard[],
  selected: Selected,
  resampler: Resampler,
): Promise<void> {
  const { metrics, accuracy } = await reduceScores(run, planned, selected, resampler);
  const shards = resultShards(run, planned, selected.rows);
  const errors = await gatherErrors(run, shards);
  await writeResults(run, shards, { selection: selected.rows, metrics, accuracy, errors });
}

/** The shards that the results of a run are made from. */
export function resultShards(
  run: OpenRun,
  planned: readonly PlannedShard[],
  selection: Selected['rows'],
): readonly PlannedShard[] {
  const ids = new Set(
    [searchWave(run), chosenWave(run, selection)].flatMap((wave) =>
      neededShards(run, wave, planned).map((shard) => shard.id),
    ),
  );
  return planned.filter((shard) => ids.has(shard.id));
}
