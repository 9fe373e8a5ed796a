import { relative, resolve, sep } from 'node:path';
import type { ManifestRow } from './manifest-row.js';
import { RowBytes } from './row-bytes.js';
import { noLabel, own, type RowParts, separator, usual } from './row-parts.js';

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
  #bytes: RowBytes | undefined;

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
    if (this.#below !== null && isDirect(rest)) return this.#below + rest;
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

  /**
   * The texts of rows as bytes, which takes a tenth of the time that strings take; null where they are none that are read so.
   * One for all rows: it holds those of the row that was read last.
   */
  get bytes(): RowBytes | null {
    if (!this.parts.isPlain) return null;
    this.#bytes ??= new RowBytes(this.parts);
    return this.#bytes;
  }

  /** What `placeAt` is in place of what all paths begin with; null where that is not the same for all rows. */
  get below(): string | null {
    return this.#below;
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
    return isDirect(rest) && sep === '/' ? this.#absolute + rest : resolve(this.#folder, path);
  }

  *[Symbol.iterator](): Iterator<ManifestRow> {
    for (let row = 0; row < this.length; row += 1) {
      const found = this.at(row);
      if (found) yield found;
    }
  }
}

/** Whether a path has no parts that resolving it would take out. */
const isDirect = (path: string): boolean => !/(?:^|\/)\.{0,2}(?:\/|$)/.test(path);

const belowFolder = (folder: string, path: string): string => relative(folder, path).split(sep).join('/');
