import { ByteTexts } from './byte-texts.js';

/** Tells texts that were seen before. As long as each is behind the one before it, none was, and none is looked up. */
export class SeenTexts {
  /** Those in order, one behind the other. */
  #bytes = Buffer.allocUnsafe(2 ** 16);
  #end = 0;
  #last = 0;
  readonly #lengths: number[] = [];
  #all: ByteTexts | null = null;

  /** Whether a text is seen for the first time. */
  isNew(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#all === null) {
      if (this.#isBehind(bytes, start, end)) {
        this.#keep(bytes, start, end);
        return true;
      }
      this.#all = this.#looked();
    }
    const { count } = this.#all;
    return this.#all.numberOf(bytes, start, end) === count;
  }

  /** Whether a text is behind the last one, byte by byte. */
  #isBehind(bytes: Uint8Array, start: number, end: number): boolean {
    const before = this.#bytes;
    let at = start;
    let own = this.#last;
    while (at < end && own < this.#end && bytes[at] === before[own]) {
      at += 1;
      own += 1;
    }
    if (at === end) return false;
    return own === this.#end || (bytes[at] ?? 0) > (before[own] ?? 0);
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (this.#end + length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(2 * (this.#end + length));
      this.#bytes.copy(larger, 0, 0, this.#end);
      this.#bytes = larger;
    }
    const kept = this.#bytes;
    this.#last = this.#end;
    for (let at = start, to = this.#end; at < end; at += 1, to += 1) kept[to] = bytes[at] ?? 0;
    this.#end += length;
    this.#lengths.push(length);
  }

  #looked(): ByteTexts {
    const all = new ByteTexts();
    let start = 0;
    for (const length of this.#lengths) {
      all.numberOf(this.#bytes, start, start + length);
      start += length;
    }
    this.#bytes = Buffer.alloc(0);
    return all;
  }
}
