/** Wakes all who wait for something to happen. */
export class Bell {
  #wake: (() => void) | undefined;
  #ringing: Promise<void> | undefined;

  next(): Promise<void> {
    this.#ringing ??= new Promise((resolve) => {
      this.#wake = resolve;
    });
    return this.#ringing;
  }

  ring(): void {
    this.#wake?.();
    this.#wake = undefined;
    this.#ringing = undefined;
  }
}
