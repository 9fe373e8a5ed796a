import { type DeviceHistory, DeviceRecord } from './device-record.js';

/** How often a shard is tried before it is given up. */
const ATTEMPTS = 3;

/** One failed attempt at a shard. */
export interface FailedAttempt {
  /**
   * An error of its task, too little memory for a single image, the death of the process that it was scored in, or a pass that never
   * ended.
   */
  readonly kind: 'thrown' | 'too-large' | 'died' | 'hung';
  /** The error, or how the process died. */
  readonly how: string;
  /** The device that it was scored on. */
  readonly device: string;
  /** False where other shards were in flight too, any of which may be to blame. */
  readonly certain: boolean;
}

/** An attempt that ended with an error, while its process lives. */
export interface ThrownAttempt extends Pick<FailedAttempt, 'how' | 'device'> {
  readonly kind: 'thrown' | 'too-large';
}

/** A shard with its attempts, as one pool process leaves them to the next. */
export interface ShardAttempts {
  readonly id: string;
  readonly failed: readonly FailedAttempt[];
  /** Whether no further attempt can help. */
  readonly hopeless: boolean;
}

/** Shards and devices with what they have been through. */
export interface AttemptHistory {
  readonly shards: readonly ShardAttempts[];
  readonly devices: readonly DeviceHistory[];
}

/**
 * What the shards and the devices of a run have been through. Kept by the supervisor, and by each pool process as far
 * as it comes.
 */
export class AttemptRecord {
  readonly devices: DeviceRecord;
  readonly #shards = new Map<string, ShardAttempts>();
  readonly #names: readonly string[];

  /** @param names the devices of the run, as attempts name them */
  constructor(names: readonly string[], { shards, devices }: AttemptHistory = { shards: [], devices: [] }) {
    for (const shard of shards) this.#shards.set(shard.id, shard);
    this.#names = names;
    this.devices = new DeviceRecord(devices);
  }

  /** @param hopeless whether no further attempt can help */
  add(id: string, attempt: FailedAttempt, hopeless = false): void {
    const before = this.of(id);
    this.#shards.set(id, { id, failed: [...before.failed, attempt], hopeless: hopeless || before.hopeless });
    // A shard that no attempt can help, such as one too large for the device, does not count against the device.
    if (attempt.certain && !hopeless) this.devices.failed(attempt.device, id);
  }

  of(id: string): ShardAttempts {
    return this.#shards.get(id) ?? { id, failed: [], hopeless: false };
  }

  all(): AttemptHistory {
    return { shards: [...this.#shards.values()], devices: this.devices.all() };
  }

  /** How often it failed on a device for certain. */
  countOn(id: string, device: string): number {
    return this.of(id).failed.filter((attempt) => attempt.certain && attempt.device === device).length;
  }

  /** Whether a process may have died of this shard: then it is done alone, so that the next death is its own. */
  isSuspect(id: string): boolean {
    return this.of(id).failed.some(({ kind }) => kind === 'died' || kind === 'hung');
  }

  /**
   * Whether it failed so often that it is not tried again. A death that another shard in flight may have caused doesn't
   * count, nor do failures on one device alone where there are others.
   */
  isGivenUp(id: string): boolean {
    const { failed, hopeless } = this.of(id);
    if (hopeless) return true;
    const tried = new Set(failed.filter(({ certain }) => certain).map(({ device }) => device));
    const isOver = tried.size > 1 || !this.#names.some((device) => this.isUntried(id, device));
    return failed.length >= ATTEMPTS && failed.at(-1)?.certain === true && isOver;
  }

  /** Whether it can be tried on a device that it has not failed on. */
  isUntried(id: string, device: string): boolean {
    return this.devices.state(device) !== 'broken' && this.countOn(id, device) === 0;
  }
}
