import { ByteTexts } from './byte-texts.js';
import type { ManifestRows } from './manifest-rows.js';

/**
 * Tells ids that were seen before. As long as each is behind the one before it, none was, and none is looked up nor kept
 * here: the rows that were read hold them.
 */
export class SeenIds {
  readonly #rows: () => ManifestRows;
  /** The last one. */
  #last: Uint8Array = new Uint8Array(2 ** 8);
  #length = 0;
  #isFirst = true;
  #all: ByteTexts | null = null;

  /** @param rows those whose ids were asked for, and then the one that is asked for */
  constructor(rows: () => ManifestRows) {
    this.#rows = rows;
  }

  /** Whether an id, that of the last row, is seen for the first time. */
  isNew(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#all === null) {
      if (this.#isFirst || this.#isBehind(bytes, start, end)) {
        this.#keep(bytes, start, end);
        return true;
      }
      this.#all = this.#earlier();
    }
    const { count } = this.#all;
    return this.#all.numberOf(bytes, start, end) === count;
  }

  /** Whether an id is behind the last one, byte by byte. */
  #isBehind(bytes: Uint8Array, start: number, end: number): boolean {
    const last = this.#last;
    let at = start;
    let own = 0;
    while (at < end && own < this.#length && bytes[at] === last[own]) {
      at += 1;
      own += 1;
    }
    if (at === end) return false;
    return own === this.#length || (bytes[at] ?? 0) > (last[own] ?? 0);
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length > this.#last.length) this.#last = new Uint8Array(2 * length);
    const last = this.#last;
    for (let at = 0; at < length; at += 1) last[at] = bytes[start + at] ?? 0;
    this.#length = length;
    this.#isFirst = false;
  }

  #earlier(): ByteTexts {
    const all = new ByteTexts();
    const rows = this.#rows();
    const plain = rows.bytes;
    for (let row = 0; row < rows.length - 1; row += 1)
      if (plain === null) {
        const id = Buffer.from(rows.idAt(row));
        all.numberOf(id, 0, id.length);
      } else {
        const { bytes, idStart, idEnd } = plain.read(row);
        all.numberOf(bytes, idStart, idEnd);
      }
    return all;
  }
}
