import type { ShardAnswer, ShardReport } from '../../workers/task.js';
import { InputError, RunFailedError } from '../errors.js';
import type { PlannedShard } from '../plan/planned-shard.js';
import { Patience } from './patience.js';
import type { ShardClaim } from './shard-claims.js';

/** How often a shard is tried before it is given up. */
const ATTEMPTS = 3;

/** How the shards of a wave are worked off. */
export interface ShardWork {
  /** One per device worker: scores a shard with batches of a size. */
  readonly workers: readonly ((shard: PlannedShard, batchSize: number) => Promise<ShardAnswer>)[];
  readonly batchSize: number;
  /** Who is to do the shard. One that another process has is asked about again after the others. */
  readonly claim: (shard: PlannedShard) => Promise<ShardClaim>;
  /** Called for each shard that is done; `report` is null when another process did it. */
  readonly onFinished: (shard: PlannedShard, report: ShardReport | null) => void;
  /** For what a user may want to know but need not act on. */
  readonly note: (text: string) => void;
  readonly isStopped: () => boolean;
}

/**
 * Works off shards with all workers. An error costs only the shard: it is tried again after the others, and
 * what failed for good is told when all else is done. After an allocation failure the batch is halved.
 * @returns false when it was stopped
 * @throws RunFailedError when shards failed for good
 * @throws InputError at once, when a worker refuses what the user gave
 */
export async function workOff(shards: readonly PlannedShard[], work: ShardWork): Promise<boolean> {
  const queue = shards.map((shard) => ({ shard, attempts: 0, batchSize: work.batchSize }));
  const lost: string[] = [];
  let refusal: string | null = null;
  const patience = new Patience();
  // Claims under way, whose shards may come back to the queue, and claims in a row that met another's shard.
  let claiming = 0;
  let heldInARow = 0;
  const loop = async (score: ShardWork['workers'][number]): Promise<void> => {
    while (refusal === null && !work.isStopped()) {
      if (queue.length === 0 && claiming === 0) return;
      if (heldInARow >= queue.length && heldInARow > 0) {
        await patience.rest();
        heldInARow = 0;
        continue;
      }
      const entry = queue.shift();
      if (entry === undefined) {
        await patience.rest();
        continue;
      }
      const { shard } = entry;
      claiming += 1;
      const claim = await work.claim(shard).finally(() => {
        claiming -= 1;
      });
      if (claim === 'held') {
        heldInARow += 1;
        queue.push(entry);
        continue;
      }
      heldInARow = 0;
      patience.renew();
      if (claim === 'done') {
        work.onFinished(shard, null);
        continue;
      }
      const answer = await score(shard, entry.batchSize).catch(
        (error: unknown) => ({ kind: 'thrown', message: messageOf(error) }) as const,
      );
      switch (answer.kind) {
        case 'finished':
          work.onFinished(shard, answer.report);
          break;
        case 'stopped':
          return;
        case 'refused':
          refusal ??= answer.message;
          break;
        case 'out-of-memory':
          if (entry.batchSize > 1) {
            const batchSize = Math.ceil(entry.batchSize / 2);
            work.note(`${nameOf(shard)}: out of memory; again with batches of ${batchSize}`);
            queue.push({ ...entry, batchSize });
            break;
          }
          lost.push(`${nameOf(shard)}: ${answer.message}`);
          break;
        case 'thrown':
          if (entry.attempts + 1 < ATTEMPTS) {
            work.note(`${nameOf(shard)}: ${answer.message}; trying again`);
            queue.push({ ...entry, attempts: entry.attempts + 1 });
            break;
          }
          lost.push(`${nameOf(shard)}: ${answer.message}`);
          break;
      }
    }
  };
  // A worker whose queue ran dry ends, even if a shard comes back to the queue later: its finder does it.
  await Promise.all(work.workers.map(loop));
  if (refusal !== null) throw new InputError(refusal);
  if (work.isStopped()) return false;
  if (lost.length > 0) {
    throw new RunFailedError(
      `${lost.length} of ${shards.length} shards failed ${ATTEMPTS} times, all others are done; the first: ${lost[0]}`,
    );
  }
  return true;
}

/** A shard as a reader of messages can find it. */
export function nameOf(shard: PlannedShard): string {
  return `shard ${shard.id.slice(0, 12)} (model ${shard.model}, set ${shard.set})`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
