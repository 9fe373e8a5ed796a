import type { PlannedShard } from '../../workers/store/planned-shard.js';
import { readShard, setAside } from '../../workers/store/shard-store.js';
import type { OpenRun } from './opened.js';

/** Sets aside the finished shards in which images could not be used, so that they are scored again. */
export async function retryFailed(run: OpenRun, planned: readonly PlannedShard[]): Promise<void> {
  for (const shard of planned) {
    const finished = await readShard(run, shard);
    const failed = finished?.scores.failures.length ?? 0;
    if (failed > 0) await setAside(run.directory, shard.id, `${failed} images failed; to be tried again`);
  }
}
