/** How long a process has nothing to do but to wait for others, beside how long it is willing to. */
export class Idleness {
  readonly #limit: number;
  #since: number | null = null;
  #wasTooLong = false;

  /** @param seconds null where it waits for as long as they take */
  constructor(seconds: number | null) {
    this.#limit = seconds === null ? Number.POSITIVE_INFINITY : 1_000 * seconds;
  }

  /** Whether it is over with waiting; to be asked now and then while there is nothing to do. */
  isTooLong(now: number = performance.now()): boolean {
    this.#since ??= now;
    this.#wasTooLong ||= now - this.#since >= this.#limit;
    return this.#wasTooLong;
  }

  /** There is something to do. */
  ends(): void {
    this.#since = null;
  }

  /** Whether it has ever been too long. */
  get wasTooLong(): boolean {
    return this.#wasTooLong;
  }
}
