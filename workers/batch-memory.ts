/**
 * Memory of batches of images, used again batch after batch: where each batch and each image has memory of its own, a thread
 * of a GPU spends a twentieth of its time on giving it back.
 */
export class BatchMemory {
  readonly #allocate: (length: number) => Float32Array;
  #free: Float32Array[] = [];
  #forEngine = new Float32Array(0);

  /** @param kind `shared` where other threads write to it */
  constructor(kind: 'own' | 'shared' = 'own') {
    this.#allocate =
      kind === 'own'
        ? (length) => new Float32Array(length)
        : (length) => new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));
  }

  /** Memory for images to be written to, which holds whatever was there. */
  take(length: number): Float32Array {
    // Batches of the next model may have another size.
    this.#free = this.#free.filter((memory) => memory.length === length);
    return this.#free.pop() ?? this.#allocate(length);
  }

  /**
   * A batch as engines take it, which is not memory that threads share. Its own memory is used again.
   * @param batch from `take`
   * @returns a copy that lasts until the next one
   */
  handOver(batch: Float32Array): Float32Array {
    if (this.#forEngine.length !== batch.length) this.#forEngine = new Float32Array(batch.length);
    this.#forEngine.set(batch);
    this.#free.push(batch);
    return this.#forEngine;
  }
}
