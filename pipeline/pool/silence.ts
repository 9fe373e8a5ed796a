/**
 * How long nothing was heard of somebody, in time that this process itself was running: after it was stopped, or the
 * machine asleep, what it could not hear does not count.
 */
export class Silence {
  readonly #limit: number;
  readonly #interval: number;
  #silent = 0;
  #lookedAt: number;

  /** @param limit in milliseconds */
  constructor(limit: number, now: number = performance.now()) {
    this.#limit = limit;
    this.#interval = Math.min(Math.max(limit / 10, 10), 1_000);
    this.#lookedAt = now;
  }

  /** Milliseconds after which to look again. */
  get interval(): number {
    return this.#interval;
  }

  /** There was a sign of life. */
  broken(now: number = performance.now()): void {
    this.#silent = 0;
    this.#lookedAt = now;
  }

  /** Whether nothing was heard for longer than the limit; to be asked at every interval. */
  isTooLong(now: number = performance.now()): boolean {
    this.#silent += Math.min(now - this.#lookedAt, 2 * this.#interval);
    this.#lookedAt = now;
    return this.#silent > this.#limit;
  }
}
