import { isAscii } from 'node:buffer';
import { dirname, resolve } from 'node:path';
import { InputError } from '../stages/errors.js';
import { csvLines } from './csv-lines.js';
import { RowHash } from './digest.js';
import { ReusedBytes } from './input/reused-bytes.js';
import { show } from './input/show.js';
import { readTextBytes, textOf } from './input/text-file.js';
import type { Manifest } from './manifest.js';
import { type Columns, readColumns, readRow } from './manifest-columns.js';
import { headerLength, type ManifestHeader, requireRowsOf, splitHeader } from './manifest-header.js';
import { type RowTaker, readPlainRows } from './read-plain-rows.js';
import { CollectorRoom, RowCollector, type WrittenRow } from './row-collector.js';
import type { RowRanges } from './row-ranges.js';
import { SeenIds } from './seen-ids.js';

/**
 * Reads a manifest: a CSV file whose header has `path` (relative to the manifest's folder, or absolute) and, if
 * wanted, `offset` and `length` (the image's bytes in an archive; empty for other images), `label` (class index, empty where unknown), `id` (default: the path as written) and `base` (the
 * photograph that the image was made from; default: the id). The images themselves are not looked at: a path may lead
 * wherever its reader may, and nothing but an image is made of what is there. A line of `formatHeader` may stand before all, and
 * then the rows are held to it.
 *
 * @param room what it may be read through; not to be used by another reader at the same time. Default: memory of its own
 * @throws InputError naming the file, the line and the value: a file that can't be read, a header with unknown,
 * repeated or missing columns, a line with too few or too many cells, an empty path, a NUL character, a
 * label that is not a class index, an id that was used before, no rows at all, rows that are not those of the first line
 */
export async function readManifest(file: string, room?: ReadingRoom): Promise<Manifest> {
  return readManifestAs(file, file, room);
}

/** As `readManifest`, of a manifest that is to be called `file` but still lies elsewhere. @param at where it lies */
export async function readManifestAs(file: string, at: string, room?: ReadingRoom): Promise<Manifest> {
  const absolute = resolve(file);
  const bytes = await readTextBytes(at, 'manifest', room?.file);
  const { header, rows, sha256 } = (await plainRows(file, bytes, room?.rows)) ?? (await anyRows(file, bytes));
  requireRowsOf(file, header, sha256);
  return { file: absolute, rows: rows.finish(dirname(absolute)), sha256, ...(header && { header }) };
}

/** Memory that manifests are read through, one after the other. */
export class ReadingRoom {
  readonly file = new ReusedBytes();
  readonly rows = new CollectorRoom();
}

/** What a manifest holds, before its rows are held to its header. */
interface ReadRows {
  readonly header: ManifestHeader | null;
  readonly rows: RowCollector;
  readonly sha256: string;
}

/** @returns null where they are not plain */
async function plainRows(file: string, bytes: Uint8Array, room?: CollectorRoom): Promise<ReadRows | null> {
  const end = headerLength(bytes);
  const rest = bytes.subarray(end);
  if (!isAscii(rest)) return null;
  const { header } = splitHeader(file, textOf(bytes.subarray(0, end), file, 'manifest'));
  const taker = new Taker(file, () => Buffer.from(rest).toString('latin1'), rest.length, room);
  const columns = await readPlainRows(file, rest, taker);
  return columns === 'not plain' ? null : { header, ...taker.finish(columns) };
}

async function anyRows(file: string, bytes: Uint8Array): Promise<ReadRows> {
  const { header, rest } = splitHeader(file, textOf(bytes, file, 'manifest'));
  const taker = new Taker(file, () => rest, 0);
  let columns: Columns | null = null;
  for await (const lines of csvLines(file, rest))
    for (const line of lines) {
      if (columns === null) columns = readColumns(file, line);
      else {
        const refused = taker.take(readRow(file, columns, line), line.number, columns);
        if (refused !== undefined) await refused;
      }
    }
  return { header, ...taker.finish(columns) };
}

/** Collects rows, hashes them, and refuses ids that were used before. */
class Taker implements RowTaker {
  readonly #file: string;
  readonly #text: () => string;
  readonly #rows: RowCollector;
  // It does not depend on where the manifest lies, nor on which defaults are spelled out.
  readonly #hash = new RowHash();
  readonly #ids: SeenIds;

  /** @param text the lines, for what is wrong with them @param size so many bytes, if it is known */
  constructor(file: string, text: () => string, size: number, room?: CollectorRoom) {
    this.#file = file;
    this.#text = text;
    this.#rows = new RowCollector(size, room);
    this.#ids = new SeenIds(() => this.#rows.finish(dirname(resolve(file))));
  }

  takeRanges(
    row: RowRanges,
    label: number | null,
    line: number,
    columns: Columns,
  ): Promise<never> | undefined {
    this.#rows.addRanges(row, label);
    this.#hash.addRanges(row, label);
    const { bytes, idStart, idEnd } = row;
    if (this.#ids.isNew(bytes, idStart, idEnd)) return undefined;
    return this.#refuseSecond(Buffer.from(bytes.subarray(idStart, idEnd)).toString(), line, columns);
  }

  take(row: WrittenRow, line: number, columns: Columns): Promise<never> | undefined {
    const id = row.id ?? row.path;
    this.#rows.add(row);
    this.#hash.add(id, row.path, row.label, row.base ?? id);
    const bytes = Buffer.from(id);
    return this.#ids.isNew(bytes, 0, bytes.length) ? undefined : this.#refuseSecond(id, line, columns);
  }

  async #refuseSecond(id: string, line: number, columns: Columns): Promise<never> {
    const earlier = await firstLineOf(id, this.#file, this.#text(), columns);
    const remedy = 'drop one of them, or tell them apart with an id column';
    throw new InputError(
      `${this.#file}:${line}: id ${show(id)} is already used on line ${earlier}; ${remedy}`,
    );
  }

  /** @param columns null where there was no line */
  finish(columns: Columns | null): { readonly rows: RowCollector; readonly sha256: string } {
    const file = this.#file;
    if (columns === null)
      throw new InputError(`${file}: the manifest is empty; expected a header line with the column path`);
    if (this.#rows.length === 0)
      throw new InputError(`${file}: the manifest lists no images; add one line an image below the header`);
    return { rows: this.#rows, sha256: this.#hash.finish() };
  }
}

/** The line on which an id stands first: looked for when there is a second, as millions of numbers would be kept for it. */
async function firstLineOf(id: string, file: string, text: string, columns: Columns): Promise<number | null> {
  let isHeader = true;
  for await (const lines of csvLines(file, text))
    for (const line of lines) {
      const row = isHeader ? null : readRow(file, columns, line);
      isHeader = false;
      if (row !== null && (row.id ?? row.path) === id) return line.number;
    }
  return null;
}
