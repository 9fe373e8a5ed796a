import { own, type RowParts, usual } from './row-parts.js';
import type { RowRanges } from './row-ranges.js';

const nul = 0;

/** The texts of one row at a time, as ranges of bytes. */
export class RowBytes implements RowRanges {
  /** The path as written, which begins at 0, and texts of its own behind it. */
  readonly bytes: Uint8Array;
  readonly pathStart = 0;
  pathEnd = 0;
  idStart = 0;
  idEnd = 0;
  baseStart = 0;
  baseEnd = 0;
  readonly #parts: RowParts;
  /** Bytes that all paths begin with. */
  readonly prefixLength: number;
  #next = 0;

  constructor(parts: RowParts) {
    this.#parts = parts;
    const prefix = Buffer.from(parts.prefix);
    this.prefixLength = prefix.length;
    let longest = 0;
    const { starts } = parts;
    for (let row = 1; row < starts.length; row += 1)
      longest = Math.max(longest, (starts[row] ?? 0) - (starts[row - 1] ?? 0));
    this.bytes = new Uint8Array(prefix.length + longest);
    this.bytes.set(prefix);
  }

  /** Holds a row's texts from now on. */
  read(row: number): this {
    const { text, starts, ids, bases } = this.#parts;
    const { bytes, prefixLength } = this;
    const start = starts[row] ?? 0;
    const length = (starts[row + 1] ?? start) - start;
    for (let at = 0; at < length; at += 1) bytes[prefixLength + at] = text[start + at] ?? 0;
    const end = prefixLength + length;
    const id = ids?.[2 * row] ?? usual;
    const base = bases?.[2 * row] ?? usual;
    this.pathEnd = end;
    if (id === own || base === own) this.pathEnd = this.#endOfText(prefixLength, end);
    this.#next = this.pathEnd + 1;
    this.idStart = id === own ? this.#next : id === usual ? 0 : id;
    this.idEnd = id === own ? this.#endOfOwn(end) : id === usual ? this.pathEnd : (ids?.[2 * row + 1] ?? id);
    this.baseStart = base === own ? this.#next : base === usual ? this.idStart : base;
    this.baseEnd =
      base === own ? this.#endOfOwn(end) : base === usual ? this.idEnd : (bases?.[2 * row + 1] ?? base);
    return this;
  }

  /** Of the next text of its own, which is behind that one afterwards. */
  #endOfOwn(end: number): number {
    const stop = this.#endOfText(this.#next, end);
    this.#next = stop + 1;
    return stop;
  }

  #endOfText(start: number, end: number): number {
    let at = start;
    while (at < end && this.bytes[at] !== nul) at += 1;
    return at;
  }
}
