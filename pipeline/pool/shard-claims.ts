import { isThere } from '../../manifests/output/file-system.js';
import type { ProcessMark } from '../../manifests/output/living-process.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import type { Leases } from '../store/lease.js';

/** Who is to do a shard: this process, another that works on it now, or nobody any more. */
export type ShardClaim = 'mine' | 'held' | 'done';

/**
 * How this process and others that work on the same run divide its shards.
 * @returns what decides about one shard; one that becomes `mine` is leased until it is released
 */
export function shardClaims(
  directory: RunDirectory,
  leases: Leases,
  note: (text: string) => void,
): (shard: Pick<PlannedShard, 'id'>) => Promise<ShardClaim> {
  const met = new Set<string>();
  const once = (text: string): void => {
    if (!met.has(text)) note(text);
    met.add(text);
  };
  return async ({ id }) => {
    const file = directory.shard(id);
    if (await isThere(file)) return 'done';
    const claim = await leases.claim(id);
    if (claim.kind === 'held') {
      if (claim.by !== null)
        once(`${processText(claim.by)} works on this run too; the shards are divided between the two`);
      return 'held';
    }
    if (claim.silent !== null)
      once(`${processText(claim.silent)} has stopped renewing its leases; this process does its work`);
    // Its former holder may have finished it between the two looks.
    if (!(await isThere(file))) return 'mine';
    await leases.release(id);
    return 'done';
  };
}

/** A process as a user can find it. */
export function processText({ pid, host }: ProcessMark): string {
  return `process ${pid} on ${host}`;
}
