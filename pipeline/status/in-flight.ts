import { setTimeout as pause } from 'node:timers/promises';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { type LeaseTiming, readLeases, type SeenLease, usualLeaseTiming } from '../store/lease.js';

/** What a process works on, or did when it died. */
export interface WorkInFlight {
  /** The identity of a shard, or the name of other work, as `reduction`. */
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  /** When it was begun, in milliseconds since 1970 by the clock of its host; null where that is not told. */
  readonly since: number | null;
  /** Whether its process gives signs of life; one of this machine that has ended is known to. */
  readonly process: 'alive' | 'silent' | 'ended';
}

/** Sees which leases of other hosts stay as they are, by a clock of its own. */
export class LeaseWatch {
  readonly #folder: string;
  readonly #timing: LeaseTiming;
  readonly #seen = new Map<string, { readonly text: string; readonly at: number }>();

  constructor({ leases }: Pick<RunDirectory, 'leases'>, timing: LeaseTiming = usualLeaseTiming) {
    this.#folder = leases;
    this.#timing = timing;
  }

  /**
   * Looks at all leases; twice, some seconds apart, where one of another host looks left behind that was not seen before.
   * @param signal ends the wait for the second look
   */
  async look(signal?: AbortSignal): Promise<readonly WorkInFlight[]> {
    const { heartbeatMilliseconds } = this.#timing;
    const first = await readLeases(this.#folder);
    const unsure = first.filter(
      ({ name, isAlive, written }) =>
        isAlive === null &&
        !this.#seen.has(name) &&
        Math.abs(Date.now() - written) > 2 * heartbeatMilliseconds,
    );
    const before = this.#note(first);
    if (unsure.length === 0) return first.map((lease) => told(lease, this.#isSilent(lease, before)));
    await pause(2.2 * heartbeatMilliseconds, undefined, { signal });
    const second = await readLeases(this.#folder);
    const still = new Set(unsure.map(({ name, text }) => `${name}\0${text}`));
    this.#note(second);
    return second.map((lease) => told(lease, still.has(`${lease.name}\0${lease.text}`)));
  }

  /** @returns since when each lease has been as it is, in milliseconds of this process's clock */
  #note(leases: readonly SeenLease[]): ReadonlyMap<string, number> {
    const now = performance.now();
    const names = new Set(leases.map(({ name }) => name));
    for (const name of this.#seen.keys()) if (!names.has(name)) this.#seen.delete(name);
    for (const { name, text } of leases)
      if (this.#seen.get(name)?.text !== text) this.#seen.set(name, { text, at: now });
    return new Map([...this.#seen].map(([name, { at }]) => [name, at]));
  }

  #isSilent({ name }: SeenLease, since: ReadonlyMap<string, number>): boolean {
    const now = performance.now();
    return now - (since.get(name) ?? now) >= this.#timing.staleMilliseconds;
  }
}

function told({ name, holder, since, isAlive }: SeenLease, isSilent: boolean): WorkInFlight {
  const { host, pid } = holder;
  const seen = isSilent ? 'silent' : 'alive';
  return { name, host, pid, since, process: isAlive === null ? seen : isAlive ? 'alive' : 'ended' };
}
