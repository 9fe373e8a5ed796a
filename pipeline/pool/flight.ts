import type { AttemptRecord } from './attempts.js';
import type { ShardEvent } from './pool-messages.js';

/** How a pool process died, and the shards that may have caused it. */
export interface Death {
  /** For example `(signal SIGABRT) with shard 0123 on cpu:0 in flight`. */
  readonly how: string;
  readonly manner: 'died' | 'hung';
  /** Nothing was being scored; or a shard that no process died of before; or one that was under suspicion. */
  readonly of: 'nothing' | 'new shards' | 'suspects';
  /** Shards that are given up with this. */
  readonly givenUp: readonly string[];
}

/** What one pool process has in flight, as it told so far, and who is to blame if it dies. */
export class Flight {
  readonly #record: AttemptRecord;
  readonly #shards = new Map<string, { readonly name: string; readonly device: string }>();
  #hung: { readonly id: string; readonly how: string } | null = null;

  /** @param record where failed attempts go */
  constructor(record: AttemptRecord) {
    this.#record = record;
  }

  note(event: ShardEvent): void {
    const { id } = event;
    if (event.kind === 'started') {
      this.#shards.set(id, { name: event.name, device: event.device });
      return;
    }
    const device = this.#shards.get(id)?.device;
    this.#shards.delete(id);
    if (event.finished && device !== undefined) this.#record.devices.finished(device);
    if (event.failed !== null) this.#record.add(id, event.failed, event.hopeless);
  }

  /** Notes that a shard hangs: the process is killed for it, which is not counted against the other shards. */
  hung(id: string, how: string): void {
    if (this.#shards.has(id)) this.#hung ??= { id, how };
  }

  /**
   * Records a failed attempt, since the process has died, for the shard that hung, else for all in flight.
   * @param how it died, for example `signal SIGABRT`
   */
  died(how: string): Death {
    const hung = this.#hung;
    const blamed = [...this.#shards].filter(([id]) => hung === null || id === hung.id);
    const isNew = blamed.some(([id]) => !this.#record.isSuspect(id));
    for (const [id, { device }] of blamed) {
      const what = hung === null ? { kind: 'died' as const, how } : { kind: 'hung' as const, how: hung.how };
      this.#record.add(id, { ...what, device, certain: blamed.length === 1 });
    }
    const manner = hung === null ? how : `killed, since ${hung.how}`;
    const shards = blamed.map(([, { name, device }]) => `${name} on ${device}`).join(' and ');
    return {
      how: `(${manner})${shards === '' ? '' : ` with ${shards} in flight`}`,
      manner: hung === null ? 'died' : 'hung',
      of: blamed.length === 0 ? 'nothing' : isNew ? 'new shards' : 'suspects',
      givenUp: blamed.filter(([id]) => this.#record.isGivenUp(id)).map(([, { name }]) => name),
    };
  }

  /** The process was ended for a reason that has nothing to do with what it scored. */
  land(): void {
    this.#shards.clear();
  }
}
