import { forgetTakenOut } from './store/retried-shards.js';
import { runDirectory } from './store/run-directory.js';
import { publishShard } from './store/shard-store.js';
import type { ScoredShard, ShardAnswer, ShardTask } from './task.js';

/** Writes the file of a shard that was scored; it is finished then. */
export async function publishScored(
  { out, id }: Pick<ShardTask, 'out' | 'id'>,
  { bytes, tookOver, report }: ScoredShard,
): Promise<ShardAnswer> {
  const directory = runDirectory(out);
  await publishShard(directory, id, bytes);
  if (tookOver) await forgetTakenOut(directory, id);
  return { kind: 'finished', report };
}
