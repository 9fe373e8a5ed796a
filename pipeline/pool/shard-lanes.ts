import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { ShardAnswer } from '../../workers/task.js';
import type { DeviceState } from './device-record.js';
import type { ShardTrials } from './shard-trials.js';

/** Scores shards on one device, one at a time. */
export interface ShardWorker {
  readonly device: string;
  /** Rejected with a RunFailedError where no shard can be scored. */
  readonly score: (shard: PlannedShard, batchSize: number) => Promise<ShardAnswer>;
}

/** Takes shards one at a time: there is a lane for each shard that may be in flight. */
export interface Lane {
  /** The devices, one of which scores what the lane takes. */
  readonly devices: readonly string[];
  /** Whether the lane takes the shard, rather than leave it to others. */
  readonly takes: (shard: PlannedShard) => boolean;
  readonly workerFor: (shard: PlannedShard) => ShardWorker;
}

/** All shards for one worker, but for those that it failed on and others have not. */
export function ownLane(worker: ShardWorker, workers: readonly ShardWorker[], trials: ShardTrials): Lane {
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
export function inTurn(workers: readonly ShardWorker[], trials: ShardTrials): Lane {
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

/** How a lane's device fares; a lane with several always works, since another takes the place of one that fails. */
export function stateOf({ devices }: Lane, trials: ShardTrials): DeviceState {
  return devices.length === 1 ? trials.stateOf(devices[0] ?? '') : 'works';
}
