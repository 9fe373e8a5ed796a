/**
 * Memory that is used again and again by one reader after the other, in place of memory of its own for each: what many large
 * files are read through, and is freed between what stays of them, does not go back to the system.
 */
export class ReusedBytes {
  #buffer = new ArrayBuffer(0);

  /** So many bytes, of any values. What was given before is void. */
  ofSize(size: number): Buffer<ArrayBuffer> {
    if (this.#buffer.byteLength < size) this.#buffer = new ArrayBuffer(Math.ceil(1.25 * size));
    return Buffer.from(this.#buffer, 0, size);
  }
}
