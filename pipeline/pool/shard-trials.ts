import type { PlannedShard } from '../plan/planned-shard.js';
import { accountOf } from './account.js';
import { AttemptRecord, type FailedAttempt, type ShardAttempts } from './attempts.js';
import type { ShardEvent } from './messages.js';

/** How a pool process keeps account of its shards, and tells its supervisor, which outlives it. */
export class ShardTrials {
  readonly #record: AttemptRecord;
  readonly #tell: (event: ShardEvent) => void;

  /** @param before what the shards went through in earlier pool processes */
  constructor(before: readonly ShardAttempts[], tell: (event: ShardEvent) => void) {
    this.#record = new AttemptRecord(before);
    this.#tell = tell;
  }

  started({ id }: PlannedShard, name: string, device: string): void {
    this.#tell({ kind: 'started', id, name, device });
  }

  /** It was finished, or came to an end that is no failure. */
  ended({ id }: PlannedShard, finished: boolean): void {
    this.#tell({ kind: 'ended', id, finished, failed: null, hopeless: false });
  }

  /**
   * An error of its task.
   * @param hopeless whether no further attempt can help
   * @returns whether it is given up
   */
  threw({ id }: PlannedShard, how: string, device: string, hopeless: boolean): boolean {
    const failed: FailedAttempt = { kind: 'thrown', how, device, certain: true };
    this.#record.add(id, failed, hopeless);
    this.#tell({ kind: 'ended', id, finished: false, failed, hopeless });
    return this.#record.isGivenUp(id);
  }

  isSuspect({ id }: PlannedShard): boolean {
    return this.#record.isSuspect(id);
  }

  isGivenUp({ id }: PlannedShard): boolean {
    return this.#record.isGivenUp(id);
  }

  /** How many attempts it has cost. */
  count({ id }: PlannedShard): number {
    return this.#record.of(id).failed.length;
  }

  /** What is to be said of the shards that were given up; null where none was. */
  account(shards: readonly PlannedShard[], nameOf: (shard: PlannedShard) => string): string | null {
    const lost = shards
      .filter((shard) => this.isGivenUp(shard))
      .map((shard) => ({ name: nameOf(shard), failed: this.#record.of(shard.id).failed }));
    return lost.length === 0 ? null : accountOf(lost);
  }
}
