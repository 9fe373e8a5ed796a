import { ReusedBytes } from './input/reused-bytes.js';
import { ManifestRows } from './manifest-rows.js';
import { isPlainText } from './plain-text.js';
import { noLabel, own, separator, usual } from './row-parts.js';
import type { RowRanges } from './row-ranges.js';

/** A row as a manifest writes it; id and base only where they are written. */
export interface WrittenRow {
  /** Path as written, with the image's place in a file of many (`locationOf`). */
  readonly path: string;
  readonly label: number | null;
  readonly id: string | null;
  readonly base: string | null;
}

/** Memory that rows are taken in, for one collector after the other. */
export class CollectorRoom {
  readonly texts = new ReusedBytes();
  readonly starts = new ReusedBytes();
  readonly labels = new ReusedBytes();
  readonly ids = new ReusedBytes();
  readonly bases = new ReusedBytes();
}

/** Takes rows one by one. */
export class RowCollector {
  #text: Buffer;
  #end = 0;
  readonly #starts: Numbers<Uint32Array<ArrayBuffer>>;
  readonly #labels: Numbers<Int32Array<ArrayBuffer>>;
  readonly #ids: Spans;
  readonly #bases: Spans;
  /** What all paths begin with: so many bytes of the first. */
  #common = 0;
  #isPlain = true;

  /**
   * @param size so many bytes of text there may be, if it is known
   * @param room which no other collector uses at the same time; default: one of its own
   */
  constructor(size = 0, room = new CollectorRoom()) {
    this.#text = room.texts.ofSize(Math.max(size, 1 << 16));
    this.#starts = new Numbers(Uint32Array, room.starts);
    this.#labels = new Numbers(Int32Array, room.labels);
    this.#ids = new Spans(room.ids);
    this.#bases = new Spans(room.bases);
  }

  get length(): number {
    return this.#labels.length;
  }

  add({ path, label, id, base }: WrittenRow): void {
    this.#isPlain &&= [path, id ?? '', base ?? ''].every((text) => isPlainText(text) && !text.includes('\n'));
    const ownId = this.#ids.take(path, id, path);
    const ownBase = this.#bases.take(path, base, id ?? path);
    const start = this.#begin(label);
    this.#write(path);
    this.#compare(start, this.#end);
    for (const text of [ownId, ownBase]) if (text !== null) this.#write(separator + text);
  }

  /** As `add`, of a row that is bytes. */
  addRanges(row: RowRanges, label: number | null): void {
    const { bytes, pathStart, pathEnd, idStart, idEnd, baseStart, baseEnd } = row;
    const ownId = this.#ids.takeRange(row, idStart, idEnd, pathStart, pathEnd);
    const ownBase = this.#bases.takeRange(row, baseStart, baseEnd, idStart, idEnd);
    const start = this.#begin(label);
    this.#writeRange(bytes, pathStart, pathEnd);
    this.#compare(start, this.#end);
    if (ownId) this.#writeOwn(bytes, idStart, idEnd);
    if (ownBase) this.#writeOwn(bytes, baseStart, baseEnd);
  }

  /** @param folder absolute path that paths as written are relative to */
  finish(folder: string): ManifestRows {
    // Cut behind a slash: ASCII, so that no character is cut.
    const cut = this.#text.subarray(0, this.#common).lastIndexOf('/') + 1;
    const prefix = this.#text.toString('utf8', 0, cut);
    const count = this.#starts.length;
    const starts = new Uint32Array(count + 1);
    const text = new Uint8Array(this.#end - cut * count);
    let at = 0;
    for (let row = 0; row < count; row += 1) {
      starts[row] = at;
      const end = row + 1 < count ? this.#starts.at(row + 1) : this.#end;
      at += this.#text.copy(text, at, this.#starts.at(row) + cut, end);
    }
    starts[count] = at;
    return new ManifestRows(folder, {
      isPlain: this.#isPlain,
      prefix,
      text,
      starts,
      labels: this.#labels.finish(),
      ids: this.#ids.finish(),
      bases: this.#bases.finish(),
    });
  }

  #begin(label: number | null): number {
    const start = this.#end;
    this.#starts.push(start);
    this.#labels.push(label ?? noLabel);
    return start;
  }

  /** Shortens what all paths begin with to what this one does too. */
  #compare(start: number, end: number): void {
    if (start === 0) this.#common = end;
    const text = this.#text;
    const most = Math.min(this.#common, end - start);
    let length = 0;
    while (length < most && text[length] === text[start + length]) length += 1;
    this.#common = length;
  }

  #write(text: string): void {
    this.#room(3 * text.length);
    this.#end += this.#text.write(text, this.#end, 'utf8');
  }

  #writeOwn(bytes: Uint8Array, start: number, end: number): void {
    this.#write(separator);
    this.#writeRange(bytes, start, end);
  }

  #writeRange(bytes: Uint8Array, start: number, end: number): void {
    this.#room(end - start);
    const text = this.#text;
    const shift = this.#end - start;
    for (let at = start; at < end; at += 1) text[at + shift] = bytes[at] ?? 0;
    this.#end += end - start;
  }

  #room(size: number): void {
    const needed = this.#end + size;
    if (needed <= this.#text.length) return;
    const larger = Buffer.allocUnsafe(2 * needed);
    this.#text.copy(larger, 0, 0, this.#end);
    this.#text = larger;
  }
}

/** Begins and ends of a text in the path of each row. */
class Spans {
  readonly #ends: Numbers<Uint16Array<ArrayBuffer>>;
  #isUsual = true;

  constructor(room: ReusedBytes) {
    this.#ends = new Numbers(Uint16Array, room);
  }

  /**
   * @param otherwise the usual text
   * @returns the text where it is neither the usual one nor part of the path
   */
  take(path: string, text: string | null, otherwise: string): string | null {
    if (text === null || text === otherwise) return this.#push(usual, usual, null);
    this.#isUsual = false;
    const start = path.indexOf(text);
    const isPart = start >= 0 && start + text.length < own;
    return isPart ? this.#push(start, start + text.length, null) : this.#push(own, own, text);
  }

  /** As `take`, of ranges of a row. @returns whether the text is neither the usual one nor part of the path */
  takeRange(
    { bytes, pathStart, pathEnd }: RowRanges,
    start: number,
    end: number,
    usualStart: number,
    usualEnd: number,
  ): boolean {
    const length = end - start;
    if (length === usualEnd - usualStart && isSame(bytes, start, usualStart, length))
      return this.#push(usual, usual, false);
    this.#isUsual = false;
    for (let at = pathStart; at + length <= pathEnd; at += 1)
      if (isSame(bytes, at, start, length)) return this.#push(at - pathStart, at - pathStart + length, false);
    return this.#push(own, own, true);
  }

  /** @returns null where all are the usual ones */
  finish(): Uint16Array | null {
    return this.#isUsual ? null : this.#ends.finish();
  }

  #push<T>(start: number, end: number, found: T): T {
    this.#ends.push(start);
    this.#ends.push(end);
    return found;
  }
}

function isSame(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  if (a === b) return true;
  for (let at = 0; at < length; at += 1) if (bytes[a + at] !== bytes[b + at]) return false;
  return true;
}

type Typed = Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

interface TypedKind<T extends Typed> {
  new (length: number): T;
  new (buffer: ArrayBuffer, offset: number, length: number): T;
  readonly BYTES_PER_ELEMENT: number;
}

/** A list of numbers that grows. */
class Numbers<T extends Typed> {
  readonly #Kind: TypedKind<T>;
  readonly #room: ReusedBytes;
  #values: T;
  #length = 0;

  constructor(Kind: TypedKind<T>, room: ReusedBytes) {
    this.#Kind = Kind;
    this.#room = room;
    this.#values = this.#ofLength(1024);
  }

  get length(): number {
    return this.#length;
  }

  at(index: number): number {
    return this.#values[index] ?? 0;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const values = this.#values;
      this.#values = this.#ofLength(2 * this.#length);
      if (this.#values.buffer !== values.buffer) this.#values.set(values);
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  /** In memory of its own, no more than it takes. */
  finish(): T {
    const exact = new this.#Kind(this.#length);
    exact.set(this.#values.subarray(0, this.#length));
    return exact;
  }

  #ofLength(length: number): T {
    const { buffer, byteOffset } = this.#room.ofSize(length * this.#Kind.BYTES_PER_ELEMENT);
    return new this.#Kind(buffer, byteOffset, length);
  }
}
