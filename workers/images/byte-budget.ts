/**
 * Lets work begin in turn, as much at once as its memory fits in. What takes more than the whole budget is done alone.
 */
export class ByteBudget {
  #free: number;
  readonly #waiting: { readonly bytes: number; readonly begin: () => void }[] = [];

  constructor(readonly bytes: number) {
    this.#free = bytes;
  }

  /** @param bytes what the work takes at its peak */
  async spend<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    const taken = Math.min(bytes, this.bytes);
    await new Promise<void>((begin) => {
      this.#waiting.push({ bytes: taken, begin });
      this.#beginNext();
    });
    try {
      return await work();
    } finally {
      this.#free += taken;
      this.#beginNext();
    }
  }

  /** First come, first served: large work would else wait as long as small work comes. */
  #beginNext(): void {
    for (;;) {
      const [next] = this.#waiting;
      if (next === undefined || next.bytes > this.#free) return;
      this.#waiting.shift();
      this.#free -= next.bytes;
      next.begin();
    }
  }
}
