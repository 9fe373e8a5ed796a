import { setTimeout as pause } from 'node:timers/promises';

const SHORTEST_MILLISECONDS = 25;
/** Up to here each rest is twice the one before it. */
const SHORT_MILLISECONDS = 1_000;
/** Then it is this part of the whole wait so far, which is what is lost at most when it ends. */
const PART = 1 / 3;
const LONGEST_MILLISECONDS = 66_000;

/**
 * Waits for what other processes do: first shortly, then longer and longer, up to little more than a minute, since each look at a shared file system
 * costs and a thousand processes may wait.
 */
export class Patience {
  #next = SHORTEST_MILLISECONDS;
  #waited = 0;
  #resting: Promise<void> | undefined;

  /** Callers that rest at the same time share one wait. */
  rest(): Promise<void> {
    const rest = this.#next;
    this.#resting ??= pause(rest).then(() => {
      this.#resting = undefined;
      this.#waited += rest;
      const part = Math.max(SHORT_MILLISECONDS, PART * this.#waited);
      this.#next = Math.min(2 * rest, part, LONGEST_MILLISECONDS);
    });
    return this.#resting;
  }

  /** How many small things may be looked at after the next rest: few once rests are long, and many wait. */
  get looks(): number {
    return this.#next > SHORT_MILLISECONDS ? 1 : 4;
  }

  /** There was something to do: wait shortly again. */
  renew(): void {
    this.#next = SHORTEST_MILLISECONDS;
    this.#waited = 0;
  }
}
