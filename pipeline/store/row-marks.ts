/** Which rows of a manifest are marked, a bit each: a sweep has millions for each model, and a set of numbers takes hundreds of bits a row. */
export class RowMarks {
  #bits = new Uint8Array(1024);
  #size = 0;

  /** How many are marked. */
  get size(): number {
    return this.#size;
  }

  add(row: number): void {
    const at = row >>> 3;
    if (at >= this.#bits.length) {
      const bits = new Uint8Array(2 * (at + 1));
      bits.set(this.#bits);
      this.#bits = bits;
    }
    const before = this.#bits[at] ?? 0;
    const after = before | (1 << (row & 7));
    if (after === before) return;
    this.#bits[at] = after;
    this.#size += 1;
  }

  has(row: number): boolean {
    return ((this.#bits[row >>> 3] ?? 0) & (1 << (row & 7))) !== 0;
  }
}
