/** Bytes of constants that a graph may compute, whatever it holds. */
const always = 2 ** 26;
/** How often the file's own constants may be computed anew: transposed, cast, and so on. */
const timesHeld = 4;

/**
 * Bounds what is computed while importing. A graph of a few nodes can ask for terabytes: each evaluator says what it will
 * allocate before it does.
 */
export class FoldingBudget {
  readonly #bytes: number;
  #left: number;

  /** @param held bytes of constants in the file */
  constructor(held: number) {
    this.#bytes = always + timesHeld * held;
    this.#left = this.#bytes;
  }

  /** @throws RangeError where no constant of so many bytes may be computed any more */
  take(bytes: number): void {
    this.#left -= bytes;
    if (!(this.#left >= 0))
      throw new RangeError(
        `the constants that the graph computes take more than ${this.#bytes} bytes, ${bytes} for this node alone; export the model with its constants folded`,
      );
  }
}
