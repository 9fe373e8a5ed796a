/** Bytes of constants in every compiled graph, beside those that follow from the model's weights. */
const always = 2 ** 29;
/** How often the weights may be there: as they are, turned, folded, for two passes. */
const timesHeld = 8;

/**
 * The room for constants of one compiled graph. A small file can ask for huge ones: kernels that unfold a window of half
 * the image, sums over its positions.
 */
export class ConstantRoom {
  readonly #bytes: number;
  #left: number;

  /** @param held bytes of constants in the imported model */
  constructor(held: number) {
    this.#bytes = always + timesHeld * held;
    this.#left = this.#bytes;
  }

  /** @throws RangeError where there is no room for a constant of so many float32 elements, before it is made */
  require(elements: number): void {
    if (!(4 * elements <= this.#left))
      throw new RangeError(
        `a constant of ${elements} elements is needed, with which the constants of the compiled graph take more than ${this.#bytes} bytes`,
      );
  }

  /** @throws RangeError where there is no room for a constant of so many bytes */
  take(bytes: number): void {
    this.require(bytes / 4);
    this.#left -= bytes;
  }
}
