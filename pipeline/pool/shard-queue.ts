import { InputError, RunFailedError } from '../../stages/errors.js';
import { call, setting } from '../../stages/setting.js';
import { isAllocationFailure } from '../../workers/allocation-failure.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { ShardAnswer, ShardReport } from '../../workers/task.js';
import { Bell } from './bell.js';
import { StaleDeviceError } from './device-record.js';
import type { Idleness } from './idleness.js';
import { Patience } from './patience.js';
import type { ShardClaim } from './shard-claims.js';
import type { ShardTrials } from './shard-trials.js';

/** Scores shards on one device, one at a time. */
export interface ShardWorker {
  readonly device: string;
  /** Rejected with a RunFailedError where no shard can be scored. */
  readonly score: (shard: PlannedShard, batchSize: number) => Promise<ShardAnswer>;
}

/** How the shards of a wave are worked off. */
export interface ShardWork {
  readonly workers: readonly ShardWorker[];
  readonly batchSize: number;
  /** Who is to do the shard. One that another process has is asked about again after the others. */
  readonly claim: (shard: PlannedShard) => Promise<ShardClaim>;
  /** Looks which of the shards that others have are free by now. */
  readonly look: (most: number) => Promise<void>;
  /** What became of shards so far, here and in earlier pool processes. */
  readonly trials: ShardTrials;
  /** A shard as a reader of messages can find it. */
  readonly nameOf: (shard: PlannedShard) => string;
  /** Called for each shard that is done; `report` is null when another process did it. */
  readonly onFinished: (shard: PlannedShard, report: ShardReport | null) => void;
  /** For what a user may want to know but need not act on. */
  readonly note: (text: string) => void;
  /** Whether nothing more is to be begun. */
  readonly isStopped: () => boolean;
  /** How long there may be nothing to do but what other processes are at. */
  readonly idleness: Idleness;
}

/** Takes shards one at a time: there is a lane for each shard that may be in flight. */
interface Lane {
  /** The devices, one of which scores what the lane takes. */
  readonly devices: readonly string[];
  /** Whether the lane takes the shard, rather than leave it to others. */
  readonly takes: (shard: PlannedShard) => boolean;
  readonly workerFor: (shard: PlannedShard) => ShardWorker;
}

/**
 * Works off shards with all workers. An error costs only the shard: it is tried again after the others, on another
 * device if there is one, and what failed for good is told when all else is done. Shards of which a pool process may
 * have died come first, one at a time: which shard is to blame, and on which device, must be known before all go on
 * together. A device that fails on shards that others can score is no longer used.
 * @returns false when it was stopped, or has waited for other processes for too long
 * @throws RunFailedError when shards failed for good, or all devices fail on all shards; at once, when a worker can
 *   score none
 * @throws StaleDeviceError when another process should go on
 * @throws InputError at once, when a worker refuses what the user gave
 */
export async function workOff(shards: readonly PlannedShard[], work: ShardWork): Promise<boolean> {
  const { trials, workers } = work;
  const open = shards.filter((shard) => !trials.isGivenUp(shard));
  const suspects = open.filter((shard) => trials.isSuspect(shard));
  const others = open.filter((shard) => !trials.isSuspect(shard));
  const held: PlannedShard[] = [];
  if (!(await workTogether(suspects, [inTurn(workers, trials)], work, (shard) => held.push(shard))))
    return false;
  const each = workers.map((worker) => ownLane(worker, workers, trials));
  if (!(await workTogether([...others, ...held], each, work))) return false;
  const account = trials.account(shards, work.nameOf);
  if (account !== null) throw new RunFailedError(account);
  return true;
}

/** All shards for one worker, but for those that it failed on and others have not. */
function ownLane(worker: ShardWorker, workers: readonly ShardWorker[], trials: ShardTrials): Lane {
  const { device } = worker;
  const others = [...new Set(workers.map((other) => other.device))].filter((other) => other !== device);
  return {
    devices: [device],
    takes: (shard) =>
      trials.countOn(shard, device) === 0 ||
      !others.some((other) => trials.stateOf(other) === 'works' && trials.countOn(shard, other) === 0),
    workerFor: () => worker,
  };
}

/** One shard at a time: first on the device that a process died on, to see which of both is at fault, then on others. */
function inTurn(workers: readonly ShardWorker[], trials: ShardTrials): Lane {
  return {
    devices: [...new Set(workers.map(({ device }) => device))],
    takes: () => true,
    workerFor: (shard) => {
      const usable = workers.filter(({ device }) => trials.stateOf(device) !== 'broken');
      const asked = trials.deviceToAsk(shard);
      const [first] = usable
        .map((worker) => ({
          worker,
          order: worker.device === asked ? -1 : trials.countOn(shard, worker.device),
        }))
        .sort((a, b) => a.order - b.order);
      if (first === undefined) throw new RangeError('no workers');
      return first.worker;
    },
  };
}

/**
 * Works off shards side by side. After an allocation failure the batch is halved; how many ε are scored together stays,
 * so that each group takes half as well.
 * @param onHeld receives shards that another process works on; without it they are asked about again after the others
 * @returns false when it was stopped
 */
async function workTogether(
  shards: readonly PlannedShard[],
  lanes: readonly Lane[],
  work: ShardWork,
  onHeld?: (shard: PlannedShard) => void,
): Promise<boolean> {
  const { trials, nameOf } = work;
  const queue = shards.map((shard) => ({ shard, batchSize: work.batchSize }));
  let ending: Error | null = null;
  const patience = new Patience();
  const moved = new Bell();
  // Shards that may come back to the queue, and claims in a row that met another's shard.
  let claiming = 0;
  let inFlight = 0;
  let heldInARow = 0;
  // Whether the last claim met nobody.
  let isOnItsWay = true;
  let looking: Promise<void> | null = null;
  // Lanes that have rested together look together.
  const look = (): Promise<void> => {
    looking ??= work.look(patience.looks).finally(() => {
      looking = null;
    });
    return looking;
  };
  const stateOf = ({ devices }: Lane) => (devices.length === 1 ? trials.stateOf(devices[0] ?? '') : 'works');
  const loop = async (lane: Lane): Promise<void> => {
    while (ending === null && !work.isStopped() && !work.idleness.wasTooLong) {
      if (queue.length === 0 && claiming + inFlight === 0) return;
      const state = stateOf(lane);
      if (state === 'broken') return;
      const index = queue.findIndex(({ shard }) => lane.takes(shard));
      const isToWait = state === 'failing' && lanes.some((other) => stateOf(other) === 'works');
      if (isToWait || (index < 0 && claiming === 0)) {
        await moved.next();
        continue;
      }
      if (index < 0 || (heldInARow >= queue.length && heldInARow > 0)) {
        if (inFlight === 0 && work.idleness.isTooLong()) {
          moved.ring();
          return;
        }
        await patience.rest();
        if (index >= 0) await look();
        heldInARow = 0;
        continue;
      }
      const [entry] = queue.splice(index, 1);
      if (entry === undefined) continue;
      const { shard } = entry;
      claiming += 1;
      const claim = await work.claim(shard).finally(() => {
        claiming -= 1;
      });
      // Where others are at one, or were, they are at its neighbours: it goes on anywhere else.
      if (claim !== 'mine' && isOnItsWay && !onHeld)
        queue.push(...queue.splice(0, Math.floor(Math.random() * queue.length)));
      isOnItsWay = claim === 'mine';
      if (claim === 'held') {
        if (onHeld) onHeld(shard);
        else {
          heldInARow += 1;
          queue.push(entry);
        }
        moved.ring();
        continue;
      }
      heldInARow = 0;
      if (claim === 'mine') patience.renew();
      // It was claimed while the run was told to end; all leases are given back then.
      if (claim === 'mine' && work.isStopped()) {
        moved.ring();
        return;
      }
      if (claim === 'done') {
        work.onFinished(shard, null);
        moved.ring();
        continue;
      }
      work.idleness.ends();
      inFlight += 1;
      await attempt(lane.workerFor(shard), entry).finally(() => {
        inFlight -= 1;
        moved.ring();
      });
    }
  };
  const attempt = async ({ device, score }: ShardWorker, entry: (typeof queue)[number]): Promise<void> => {
    const { shard } = entry;
    trials.started(shard, nameOf(shard), device);
    const answer = await score(shard, entry.batchSize).catch(
      // The buffers of a batch may also fail on this side of the thread boundary, or between its promises.
      (error: unknown) =>
        error instanceof RunFailedError
          ? { kind: 'hopeless' as const, error }
          : {
              kind: isAllocationFailure(error) ? ('out-of-memory' as const) : ('thrown' as const),
              message: messageOf(error),
            },
    );
    if (answer.kind === 'thrown' || (answer.kind === 'out-of-memory' && entry.batchSize === 1)) {
      const givenUp = trials.threw(shard, answer.message, device, answer.kind === 'out-of-memory');
      if (!givenUp) queue.push(entry);
      work.note(
        `${nameOf(shard)}: ${answer.message}; ${givenUp ? 'it is given up, the others go on' : 'trying again'}`,
      );
      ending ??= whatToEndWith(device, answer.message, lanes, trials);
      return;
    }
    for (const broken of trials.ended(shard, device, answer.kind === 'finished'))
      work.note(`${broken} keeps failing on shards that ${device} can score; the run goes on without it`);
    switch (answer.kind) {
      case 'finished':
        work.onFinished(shard, answer.report);
        break;
      case 'stopped':
        break;
      case 'hopeless':
        ending ??= answer.error;
        break;
      case 'refused':
        ending ??= new InputError(answer.message);
        break;
      case 'out-of-memory': {
        const batchSize = Math.ceil(entry.batchSize / 2);
        work.note(`${nameOf(shard)}: out of memory; trying again with batches of ${batchSize}`);
        queue.push({ shard, batchSize });
        break;
      }
    }
  };
  await Promise.all(lanes.map(loop));
  if (ending !== null) throw ending;
  return !work.isStopped() && !work.idleness.wasTooLong;
}

/** The error to end the process with after one of a device, or null to go on. Shards in flight are finished first. */
function whatToEndWith(
  device: string,
  message: string,
  lanes: readonly Lane[],
  trials: ShardTrials,
): Error | null {
  if (trials.stateOf(device) === 'stale')
    return new StaleDeviceError(`${device} failed on several shards in a row (${message})`);
  const used = lanes.flatMap(({ devices }) => devices).filter((one) => trials.stateOf(one) !== 'broken');
  if (!used.every((one) => trials.isHopeless(one))) return null;
  const names = [...new Set(used)].join(' and ');
  return new RunFailedError(
    `${names} failed on several shards in a row, even after a restart (${message}); finished shards are kept: fix what the ` +
      `error names, or take another ${setting('device')}, then ${call('again')}`,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
