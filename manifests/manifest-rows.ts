import { relative, resolve, sep } from 'node:path';
import type { ManifestRow } from './manifest-row.js';

/** A row as a manifest writes it; id and base only where they are written. */
export interface WrittenRow {
  /** Path as written, with the image's place in a file of many (`locationOf`). */
  readonly path: string;
  readonly label: number | null;
  readonly id: string | null;
  readonly base: string | null;
}

/** What stands for a text that is the usual one: of an id the path, of a base the id. */
const usual = 0xffff;
/** What stands for a text of its own, which is kept behind the path. */
const own = 0xfffe;

/** Between the texts of a row; no path, id or base holds it. */
const separator = '\0';

const noLabel = -1;

/**
 * The rows of a manifest, by number. Sweeps have millions, in every process: so they are kept as bytes, one text a row, and
 * made into objects when they are asked for. Ids and bases that are part of the path, as most are, take no room of their
 * own, and what all paths begin with is kept once.
 */
export class ManifestRows implements Iterable<ManifestRow> {
  readonly #folder: string;
  readonly #prefix: string;
  /** Absolute path of what all paths begin with, with a slash behind it. */
  readonly #absolute: string;
  /** The same below the manifest's folder; null where a path may lead back into it. */
  readonly #below: string | null;
  readonly #text: Buffer;
  /** Where the text of each row begins, and where the last ends. */
  readonly #starts: Uint32Array;
  readonly #labels: Int32Array;
  /** Begin and end of each id in its path; null where all are the usual ones. */
  readonly #ids: Uint16Array | null;
  readonly #bases: Uint16Array | null;

  /** What they are kept as, for another thread: `new ManifestRows(folder, parts)` there has the same rows. */
  readonly parts: RowParts;

  /** @param folder absolute path that paths as written are relative to */
  constructor(folder: string, parts: RowParts) {
    this.parts = parts;
    this.#folder = folder;
    this.#prefix = parts.prefix;
    const start = resolve(folder, parts.prefix);
    this.#absolute = start.endsWith(sep) ? start : `${start}${sep}`;
    const below = belowFolder(folder, start);
    this.#below = below === '' ? '' : /(?:^|\/)\.\.$/.test(below) ? null : `${below}/`;
    const { buffer, byteOffset, byteLength } = parts.text;
    // What another thread sent is bytes and no Buffer any more.
    this.#text = Buffer.from(buffer, byteOffset, byteLength);
    this.#starts = parts.starts;
    this.#labels = parts.labels;
    this.#ids = parts.ids;
    this.#bases = parts.bases;
  }

  get length(): number {
    return this.#labels.length;
  }

  /** @returns undefined where there is no such row */
  at(row: number): ManifestRow | undefined {
    if (!(row >= 0 && row < this.length)) return undefined;
    const { path, id, base } = this.written(row);
    return { id, path: this.#resolved(path), label: this.labelAt(row), base };
  }

  /** Absolute path of a row's image; empty where there is no such row. */
  pathAt(row: number): string {
    return row >= 0 && row < this.length ? this.#resolved(this.written(row).path) : '';
  }

  /** Path of a row's image below the manifest's folder, with forward slashes: the same however it is written. */
  placeAt(row: number): string {
    const { path } = this.written(row);
    const rest = path.slice(this.#prefix.length);
    if (this.#below !== null && isPlain(rest)) return this.#below + rest;
    return belowFolder(this.#folder, resolve(this.#folder, path));
  }

  /** @returns null where a row's class is unknown */
  labelAt(row: number): number | null {
    const label = this.#labels[row] ?? noLabel;
    return label === noLabel ? null : label;
  }

  baseAt(row: number): string {
    return this.written(row).base;
  }

  idAt(row: number): string {
    return this.written(row).id;
  }

  /** The texts of a row, its path as written. */
  written(row: number): { readonly path: string; readonly id: string; readonly base: string } {
    const text = this.#text.toString('utf8', this.#starts[row], this.#starts[row + 1]);
    const texts = text.includes(separator) ? text.split(separator) : [text];
    const path = this.#prefix + (texts[0] ?? '');
    let next = 1;
    const textOf = (spans: Uint16Array | null, otherwise: string): string => {
      const start = spans?.[2 * row] ?? usual;
      if (start === usual) return otherwise;
      return start === own ? (texts[next++] ?? '') : path.slice(start, spans?.[2 * row + 1]);
    };
    const id = textOf(this.#ids, path);
    return { path, id, base: textOf(this.#bases, id) };
  }

  #resolved(path: string): string {
    const rest = path.slice(this.#prefix.length);
    return isPlain(rest) && sep === '/' ? this.#absolute + rest : resolve(this.#folder, path);
  }

  *[Symbol.iterator](): Iterator<ManifestRow> {
    for (let row = 0; row < this.length; row += 1) {
      const found = this.at(row);
      if (found) yield found;
    }
  }
}

/** Whether a path has no parts that resolving it would take out. */
const isPlain = (path: string): boolean => !/(?:^|\/)\.{0,2}(?:\/|$)/.test(path);

const belowFolder = (folder: string, path: string): string => relative(folder, path).split(sep).join('/');

/** What rows are kept as. */
export interface RowParts {
  readonly prefix: string;
  readonly text: Uint8Array<ArrayBuffer>;
  readonly starts: Uint32Array;
  readonly labels: Int32Array;
  readonly ids: Uint16Array | null;
  readonly bases: Uint16Array | null;
}

/** Takes rows one by one. */
export class RowCollector {
  #text = Buffer.alloc(1 << 16);
  #end = 0;
  readonly #starts: number[] = [];
  readonly #labels: number[] = [];
  readonly #ids = new Spans();
  readonly #bases = new Spans();
  /** What all paths begin with. */
  #common: string | null = null;

  get length(): number {
    return this.#labels.length;
  }

  add({ path, label, id, base }: WrittenRow): void {
    this.#common = this.#common === null ? path : commonStart(this.#common, path);
    const ownId = this.#ids.take(path, id, path);
    const ownBase = this.#bases.take(path, base, id ?? path);
    this.#starts.push(this.#end);
    this.#labels.push(label ?? noLabel);
    this.#write(ownId === null && ownBase === null ? path : textsOf(path, ownId, ownBase));
  }

  /** @param folder absolute path that paths as written are relative to */
  finish(folder: string): ManifestRows {
    // Cut behind a slash: ASCII, so that no character is cut.
    const common = this.#common?.slice(0, this.#common.lastIndexOf('/') + 1) ?? '';
    // A text of its own: part of a text keeps all of it in memory.
    const prefix = Buffer.from(common).toString();
    const cut = Buffer.byteLength(prefix);
    const count = this.#starts.length;
    const starts = new Uint32Array(count + 1);
    const text = new Uint8Array(this.#end - cut * count);
    let at = 0;
    this.#starts.forEach((start, row) => {
      starts[row] = at;
      at += this.#text.copy(text, at, start + cut, this.#starts[row + 1] ?? this.#end);
    });
    starts[count] = at;
    const labels = Int32Array.from(this.#labels);
    return new ManifestRows(folder, {
      prefix,
      text,
      starts,
      labels,
      ids: this.#ids.finish(),
      bases: this.#bases.finish(),
    });
  }

  #write(text: string): void {
    const needed = this.#end + 3 * text.length;
    if (needed > this.#text.length) {
      const larger = Buffer.alloc(2 * needed);
      this.#text.copy(larger, 0, 0, this.#end);
      this.#text = larger;
    }
    this.#end += this.#text.write(text, this.#end, 'utf8');
  }
}

/** Begins and ends of a text in the path of each row. */
class Spans {
  readonly #ends: number[] = [];
  #isUsual = true;

  /**
   * @param otherwise the usual text
   * @returns the text where it is neither the usual one nor part of the path
   */
  take(path: string, text: string | null, otherwise: string): string | null {
    if (text === null || text === otherwise) {
      this.#ends.push(usual, usual);
      return null;
    }
    this.#isUsual = false;
    const start = path.indexOf(text);
    const isPart = start >= 0 && start + text.length < own;
    this.#ends.push(isPart ? start : own, isPart ? start + text.length : own);
    return isPart ? null : text;
  }

  /** @returns null where all are the usual ones */
  finish(): Uint16Array | null {
    return this.#isUsual ? null : Uint16Array.from(this.#ends);
  }
}

const textsOf = (...texts: readonly (string | null)[]): string =>
  texts.filter((text) => text !== null).join(separator);

function commonStart(a: string, b: string): string {
  if (b.startsWith(a)) return a;
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}
