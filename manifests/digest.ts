import { createHash } from 'node:crypto';
import type { ManifestRows } from './manifest-rows.js';

/** Lines that are hashed at once. */
const portion = 1024;

/** What JSON writes otherwise than as it is between quotes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
const escaped = /["\\\u0000-\u001f\ud800-\udfff]/;

/** A text as JSON. */
const quoted = (text: string): string => (escaped.test(text) ? JSON.stringify(text) : `"${text}"`);

/** sha256 of rows, of each of which id, path, label and base count, as a line of JSON. */
export class RowHash {
  readonly #hash = createHash('sha256');
  #lines: string[] = [];

  add(id: string, path: string, label: number | null, base: string): void {
    const first = quoted(id);
    const place = path === id ? first : quoted(path);
    this.#add(`[${first},${place},${label},${base === id ? first : quoted(base)}]\n`);
  }

  /** A row that there is not. */
  addMissing(): void {
    this.#add('[null,null,null,null]\n');
  }

  /** In hexadecimal digits; nothing is to be added after it. */
  finish(): string {
    return this.#hash.update(this.#lines.join('')).digest('hex');
  }

  #add(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length < portion) return;
    this.#hash.update(this.#lines.join(''));
    this.#lines = [];
  }
}

/** sha256 (hex) of some rows: id, path below the manifest's folder, label and base of each. */
export function digestOfRows(rows: ManifestRows, numbers: Iterable<number>): string {
  const hash = new RowHash();
  for (const row of numbers)
    if (row >= 0 && row < rows.length) {
      const { id, base } = rows.written(row);
      hash.add(id, rows.placeAt(row), rows.labelAt(row), base);
    } else hash.addMissing();
  return hash.finish();
}
