import type { PlannedShard } from '../../workers/store/planned-shard.js';
import { takeOut } from '../../workers/store/retried-shards.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { readShard, type ShardSource } from '../../workers/store/shard-store.js';
import { readPlan } from '../plan/plan-file.js';

/** Takes out the finished shards in which images could not be used: whoever scores them does only those images again. */
export async function retryErrors(run: ShardSource, planned: readonly PlannedShard[]): Promise<void> {
  for (const shard of planned) {
    const finished = await readShard(run, shard);
    if (finished !== null && finished.scores.failures.length > 0) await takeOut(run.directory, shard.id);
  }
}

/**
 * Does so once for many processes, before they start: each would take out what the others have scored again meanwhile, and once
 * more whenever it is started again.
 * @param directory of a run, which may not be begun yet
 */
export async function retryErrorsOf(directory: RunDirectory): Promise<void> {
  const steps = await readPlan(directory);
  const planned = new Map(steps.flatMap(({ shards }) => shards.map((shard) => [shard.id, shard] as const)));
  await retryErrors({ directory, manifestOf: () => undefined }, [...planned.values()]);
}
