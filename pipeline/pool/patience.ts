import { setTimeout as pause } from 'node:timers/promises';

const SHORTEST_MILLISECONDS = 25;
const LONGEST_MILLISECONDS = 1_000;

/** Waits for what other processes do: first shortly, then longer and longer, up to a second. */
export class Patience {
  #next = SHORTEST_MILLISECONDS;
  #resting: Promise<void> | undefined;

  /** Callers that rest at the same time share one wait. */
  rest(): Promise<void> {
    this.#resting ??= pause(this.#next).then(() => {
      this.#resting = undefined;
      this.#next = Math.min(2 * this.#next, LONGEST_MILLISECONDS);
    });
    return this.#resting;
  }

  /** Something has moved: wait shortly again. */
  renew(): void {
    this.#next = SHORTEST_MILLISECONDS;
  }
}
