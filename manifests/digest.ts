import { createHash } from 'node:crypto';
import type { ManifestRows } from './manifest-rows.js';
import { isPlainText } from './plain-text.js';
import type { RowBytes } from './row-bytes.js';
import type { RowRanges } from './row-ranges.js';

/** Bytes that are hashed at once. */
const portion = 2 ** 15;

/** Bytes beside the texts of a row: brackets, quotes, commas, the label, a line end. */
const around = 32;

const [quote, comma, open, close, lineEnd] = [0x22, 0x2c, 0x5b, 0x5d, 0x0a];

/** What JSON writes otherwise than as it is between quotes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
const escaped = /["\\\u0000-\u001f\ud800-\udfff]/;

/** A text as JSON. */
const quoted = (text: string): string => (escaped.test(text) ? JSON.stringify(text) : `"${text}"`);

/** What a path begins with, in place of so many of its bytes. */
interface PathStart {
  readonly start: Uint8Array;
  readonly insteadOf: number;
}

const asWritten: PathStart = { start: new Uint8Array(), insteadOf: 0 };

/** sha256 of rows, of each of which id, path, label and base count, as a line of JSON. */
export class RowHash {
  readonly #hash = createHash('sha256');
  #lines = Buffer.alloc(portion);
  #end = 0;
  /** Rows of one class stand together: its label as it was written last. */
  #label: number | null = null;
  #labelText: Uint8Array = Buffer.from('null');

  add(id: string, path: string, label: number | null, base: string): void {
    const first = quoted(id);
    const place = path === id ? first : quoted(path);
    this.#add(`[${first},${place},${label},${base === id ? first : quoted(base)}]\n`);
  }

  /**
   * As `add`, of a row that is bytes.
   * @param path what the row's path begins with here, in place of so many of its bytes
   */
  addRanges(row: RowRanges, label: number | null, path: PathStart = asWritten): void {
    const { bytes, pathStart, pathEnd, idStart, idEnd, baseStart, baseEnd } = row;
    const { start, insteadOf } = path;
    const most = idEnd - idStart + start.length + pathEnd - pathStart + (baseEnd - baseStart) + around;
    const lines = this.#room(most);
    if (label !== this.#label) {
      this.#label = label;
      this.#labelText = Buffer.from(String(label));
    }
    let end = this.#end;
    lines[end++] = open;
    lines[end++] = quote;
    end = copied(bytes, idStart, idEnd, lines, end);
    lines[end++] = quote;
    lines[end++] = comma;
    lines[end++] = quote;
    end = copied(start, 0, start.length, lines, end);
    end = copied(bytes, pathStart + insteadOf, pathEnd, lines, end);
    lines[end++] = quote;
    lines[end++] = comma;
    end = copied(this.#labelText, 0, this.#labelText.length, lines, end);
    lines[end++] = comma;
    lines[end++] = quote;
    end = copied(bytes, baseStart, baseEnd, lines, end);
    lines[end++] = quote;
    lines[end++] = close;
    lines[end++] = lineEnd;
    this.#end = end;
  }

  /** A row that there is not. */
  addMissing(): void {
    this.#add('[null,null,null,null]\n');
  }

  /** In hexadecimal digits; nothing is to be added after it. */
  finish(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #add(line: string): void {
    // UTF-8 takes three bytes at most for each unit of a text.
    const lines = this.#room(3 * line.length);
    this.#end += lines.write(line, this.#end);
  }

  /** Where lines are written, with room for more bytes from the end on. */
  #room(bytes: number): Buffer {
    if (this.#end + bytes > this.#lines.length) {
      this.#flush();
      if (bytes > this.#lines.length) this.#lines = Buffer.alloc(bytes);
    }
    return this.#lines;
  }

  #flush(): void {
    this.#hash.update(this.#lines.subarray(0, this.#end));
    this.#end = 0;
  }
}

/** Copies bytes, of which there are too few for a call to be worth while. @returns where they end */
function copied(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  const shift = at - start;
  for (let next = start; next < end; next += 1) to[next + shift] = from[next] ?? 0;
  return end + shift;
}

/** sha256 (hex) of some rows: id, path below the manifest's folder, label and base of each. */
export function digestOfRows(rows: ManifestRows, numbers: Iterable<number>): string {
  const hash = new RowHash();
  const { bytes, below } = rows;
  const start = below !== null && isPlainText(below) ? Buffer.from(below) : null;
  for (const row of numbers) {
    if (!(row >= 0 && row < rows.length)) {
      hash.addMissing();
      continue;
    }
    if (bytes !== null && start !== null && isDirect(bytes.read(row))) {
      hash.addRanges(bytes, rows.labelAt(row), { start, insteadOf: bytes.prefixLength });
      continue;
    }
    const { id, base } = rows.written(row);
    hash.add(id, rows.placeAt(row), rows.labelAt(row), base);
  }
  return hash.finish();
}

/**
 * What `digestOfRows` said of rows when they had other labels.
 * @param labels of each row then
 * @param hasBases whether the manifest told their photographs, as it does now; each image was its own otherwise
 */
export function digestOfFormerRows(
  rows: ManifestRows,
  numbers: Int32Array,
  labels: readonly (number | null)[],
  hasBases: boolean,
): string {
  const hash = new RowHash();
  for (const [index, row] of numbers.entries()) {
    const { id, base } = rows.written(row);
    hash.add(id, rows.placeAt(row), labels[index] ?? null, hasBases ? base : id);
  }
  return hash.finish();
}

const [slash, dot] = [0x2f, 0x2e];

/**
 * Whether a path is what it is when it is resolved, behind what all paths begin with: none of its parts is empty or begins
 * with a dot. One that does may be a name all the same, which is looked at more closely then.
 */
function isDirect({ bytes, prefixLength, pathEnd }: RowBytes): boolean {
  let before = slash;
  for (let at = prefixLength; at < pathEnd; at += 1) {
    const byte = bytes[at] ?? 0;
    if (before === slash && (byte === slash || byte === dot)) return false;
    before = byte;
  }
  return before !== slash;
}
