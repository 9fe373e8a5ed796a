/** How often a shard is tried before it is given up. */
export const ATTEMPTS = 3;

/** One attempt at a shard that came to nothing. */
export interface FailedAttempt {
  /** An error of its task, the death of the process that it was scored in, or a pass that never ended. */
  readonly kind: 'thrown' | 'died' | 'hung';
  /** The error, or how the process died. */
  readonly how: string;
  /** The device that it was scored on. */
  readonly device: string;
  /** False where other shards were in flight too, any of which may be to blame. */
  readonly certain: boolean;
}

/** A shard with its attempts, as one pool process leaves them to the next. */
export interface ShardAttempts {
  readonly id: string;
  readonly failed: readonly FailedAttempt[];
  /** Whether no further attempt can help. */
  readonly hopeless: boolean;
}

/** What the shards of a run have been through. Kept by the supervisor, and by each pool process as far as it comes. */
export class AttemptRecord {
  readonly #shards = new Map<string, ShardAttempts>();

  constructor(before: readonly ShardAttempts[] = []) {
    for (const shard of before) this.#shards.set(shard.id, shard);
  }

  /** @param hopeless whether no further attempt can help */
  add(id: string, attempt: FailedAttempt, hopeless = false): void {
    const before = this.of(id);
    this.#shards.set(id, { id, failed: [...before.failed, attempt], hopeless: hopeless || before.hopeless });
  }

  of(id: string): ShardAttempts {
    return this.#shards.get(id) ?? { id, failed: [], hopeless: false };
  }

  all(): readonly ShardAttempts[] {
    return [...this.#shards.values()];
  }

  /** Whether a process may have died of this shard: then it is done alone, so that the next death is its own. */
  isSuspect(id: string): boolean {
    return this.of(id).failed.some(({ kind }) => kind !== 'thrown');
  }

  /** Whether it was tried often enough. Nobody is condemned for a death that may be another's. */
  isGivenUp(id: string): boolean {
    const { failed, hopeless } = this.of(id);
    return hopeless || (failed.length >= ATTEMPTS && failed.at(-1)?.certain === true);
  }
}
