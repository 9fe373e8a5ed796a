import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { AttemptRecord, FailedAttempt, ThrownAttempt } from './attempts.js';
import type { DeviceState } from './device-record.js';
import { failureReport } from './failure-report.js';
import type { ShardEvent } from './pool-messages.js';

/** Records what becomes of each shard in a pool process, and reports it to the supervisor, which outlives the process. */
export class ShardTrials {
  readonly #record: AttemptRecord;
  readonly #report: (event: ShardEvent) => void;

  /** @param record what shards and devices went through in earlier pool processes */
  constructor(record: AttemptRecord, report: (event: ShardEvent) => void) {
    this.#record = record;
    this.#report = report;
  }

  started({ id }: PlannedShard, name: string, device: string): void {
    this.#report({ kind: 'started', id, name, device });
  }

  /**
   * It was finished, or came to an end that is no failure.
   * @returns devices that are out of use from now on: they failed on what others can do
   */
  ended({ id }: PlannedShard, device: string, finished: boolean): readonly string[] {
    this.#report({ kind: 'ended', id, finished, failed: null, hopeless: false });
    return finished ? this.#record.devices.finished(device) : [];
  }

  /**
   * An error of its task; where a single image is too large, no further attempt can help.
   * @returns whether it is given up
   */
  threw({ id }: PlannedShard, attempt: ThrownAttempt): boolean {
    const failed: FailedAttempt = { ...attempt, certain: true };
    const hopeless = attempt.kind === 'too-large';
    this.#record.add(id, failed, hopeless);
    this.#report({ kind: 'ended', id, finished: false, failed, hopeless });
    return this.#record.isGivenUp(id);
  }

  isSuspect({ id }: PlannedShard): boolean {
    return this.#record.isSuspect(id);
  }

  isGivenUp({ id }: PlannedShard): boolean {
    return this.#record.isGivenUp(id);
  }

  /** How often it failed on a device, for certain. */
  countOn({ id }: PlannedShard, device: string): number {
    return this.#record.countOn(id, device);
  }

  /** The device that it was on when a process died, if it is not known yet whether it was the cause; else undefined. */
  deviceToAsk({ id }: PlannedShard): string | undefined {
    const last = this.#record.of(id).failed.at(-1);
    return last?.certain === false ? last.device : undefined;
  }

  stateOf(device: string): DeviceState {
    return this.#record.devices.state(device);
  }

  /** Whether nothing helps a device, not even another process. */
  isHopeless(device: string): boolean {
    return this.#record.devices.isHopeless(device);
  }

  /** What is to be said of the shards that were given up; null where none was. */
  account(shards: readonly PlannedShard[], nameOf: (shard: PlannedShard) => string): string | null {
    const lost = shards
      .filter((shard) => this.isGivenUp(shard))
      .map((shard) => ({ name: nameOf(shard), failed: this.#record.of(shard.id).failed }));
    return lost.length === 0 ? null : failureReport(lost);
  }
}
