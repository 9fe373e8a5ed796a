import { isAllocationFailure } from '../../workers/allocation-failure.js';
import type { ShardAnswer, ShardReport } from '../../workers/task.js';
import { InputError, RunFailedError } from '../errors.js';
import type { PlannedShard } from '../plan/planned-shard.js';
import { Patience } from './patience.js';
import type { ShardClaim } from './shard-claims.js';
import type { ShardTrials } from './shard-trials.js';

/** Scores shards on one device, one at a time. */
export interface ShardWorker {
  readonly device: string;
  readonly score: (shard: PlannedShard, batchSize: number) => Promise<ShardAnswer>;
}

/** How the shards of a wave are worked off. */
export interface ShardWork {
  readonly workers: readonly ShardWorker[];
  readonly batchSize: number;
  /** Who is to do the shard. One that another process has is asked about again after the others. */
  readonly claim: (shard: PlannedShard) => Promise<ShardClaim>;
  /** What became of shards so far, here and in earlier pool processes. */
  readonly trials: ShardTrials;
  /** A shard as a reader of messages can find it. */
  readonly nameOf: (shard: PlannedShard) => string;
  /** Called for each shard that is done; `report` is null when another process did it. */
  readonly onFinished: (shard: PlannedShard, report: ShardReport | null) => void;
  /** For what a user may want to know but need not act on. */
  readonly note: (text: string) => void;
  readonly isStopped: () => boolean;
}

/**
 * Works off shards with all workers. An error costs only the shard: it is tried again after the others, and
 * what failed for good is told when all else is done. Shards of which a pool process may have died come last, one at
 * a time, each attempt by another worker than the one before.
 * @returns false when it was stopped
 * @throws RunFailedError when shards failed for good
 * @throws InputError at once, when a worker refuses what the user gave
 */
export async function workOff(shards: readonly PlannedShard[], work: ShardWork): Promise<boolean> {
  const { trials, workers } = work;
  const open = shards.filter((shard) => !trials.isGivenUp(shard));
  const suspects = open.filter((shard) => trials.isSuspect(shard));
  const others = open.filter((shard) => !trials.isSuspect(shard));
  const each = workers.map((worker) => () => worker);
  if (!(await workTogether(others, each, work))) return false;
  const inTurn = (shard: PlannedShard): ShardWorker => {
    const worker = workers[trials.count(shard) % workers.length];
    if (worker === undefined) throw new RangeError('no workers');
    return worker;
  };
  if (!(await workTogether(suspects, [inTurn], work))) return false;
  const account = trials.account(shards, work.nameOf);
  if (account !== null) throw new RunFailedError(account);
  return true;
}

/**
 * Works off shards side by side. After an allocation failure the batch is halved.
 * @param lanes one for each shard that may be in flight: which worker does a shard
 * @returns false when it was stopped
 */
async function workTogether(
  shards: readonly PlannedShard[],
  lanes: readonly ((shard: PlannedShard) => ShardWorker)[],
  work: ShardWork,
): Promise<boolean> {
  const { trials, nameOf } = work;
  const queue = shards.map((shard) => ({ shard, batchSize: work.batchSize }));
  let refusal: string | null = null;
  const patience = new Patience();
  // Claims under way, whose shards may come back to the queue, and claims in a row that met another's shard.
  let claiming = 0;
  let heldInARow = 0;
  const loop = async (workerFor: (typeof lanes)[number]): Promise<void> => {
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
      const { device, score } = workerFor(shard);
      trials.started(shard, nameOf(shard), device);
      const answer = await score(shard, entry.batchSize).catch(
        // The buffers of a batch may also fail on this side of the thread boundary, or between its promises.
        (error: unknown) =>
          ({
            kind: isAllocationFailure(error) ? 'out-of-memory' : 'thrown',
            message: messageOf(error),
          }) as const,
      );
      if (answer.kind === 'thrown' || (answer.kind === 'out-of-memory' && entry.batchSize === 1)) {
        const givenUp = trials.threw(shard, answer.message, device, answer.kind === 'out-of-memory');
        if (!givenUp) queue.push(entry);
        work.note(
          `${nameOf(shard)}: ${answer.message}; ${givenUp ? 'it is given up, the others go on' : 'trying again'}`,
        );
        continue;
      }
      trials.ended(shard, answer.kind === 'finished');
      switch (answer.kind) {
        case 'finished':
          work.onFinished(shard, answer.report);
          break;
        case 'stopped':
          return;
        case 'refused':
          refusal ??= answer.message;
          break;
        case 'out-of-memory': {
          const batchSize = Math.ceil(entry.batchSize / 2);
          work.note(`${nameOf(shard)}: out of memory; again with batches of ${batchSize}`);
          queue.push({ shard, batchSize });
          break;
        }
      }
    }
  };
  // A worker whose queue ran dry ends, even if a shard comes back to the queue later: its finder does it.
  await Promise.all(lanes.map(loop));
  if (refusal !== null) throw new InputError(refusal);
  return !work.isStopped();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
