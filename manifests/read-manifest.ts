import { dirname, resolve } from 'node:path';
import { InputError } from '../stages/errors.js';
import { ByteTexts } from './byte-texts.js';
import { csvLines } from './csv-lines.js';
import { RowHash } from './digest.js';
import { readText } from './input/text-file.js';
import { show } from './input/validate.js';
import type { Manifest } from './manifest.js';
import { type Columns, readColumns, readRow } from './manifest-columns.js';
import { requireRowsOf, splitHeader } from './manifest-header.js';
import { isPlainText } from './plain-text.js';
import { type RowTaker, readPlainRows } from './read-plain-rows.js';
import { RowCollector } from './row-collector.js';
import { idRange } from './row-ranges.js';

/**
 * Reads a manifest: a CSV file whose header has `path` (relative to the manifest's folder, or absolute) and, if
 * wanted, `offset` and `length` (the image's bytes in an archive; empty for other images), `label` (class index, empty where unknown), `id` (default: the path as written) and `base` (the
 * photograph that the image was made from; default: the id). The images themselves are not looked at: a path may lead
 * wherever its reader may, and nothing but an image is made of what is there. A line of `formatHeader` may stand before all, and
 * then the rows are held to it.
 *
 * @throws InputError naming the file, the line and the value: a file that can't be read, a header with unknown,
 * repeated or missing columns, a line with too few or too many cells, an empty path, a NUL character, a
 * label that is not a class index, an id that was used before, no rows at all, rows that are not those of the first line
 */
export async function readManifest(file: string): Promise<Manifest> {
  return readManifestAs(file, file);
}

/** As `readManifest`, of a manifest that is to be called `file` but still lies elsewhere. @param at where it lies */
export async function readManifestAs(file: string, at: string): Promise<Manifest> {
  const absolute = resolve(file);
  const { header, rest } = splitHeader(file, await readText(at, 'manifest'));
  const rows = new RowCollector();
  // It does not depend on where the manifest lies, nor on which defaults are spelled out.
  const hash = new RowHash();
  const ids = new ByteTexts();
  const requireNew = (id: Uint8Array, start: number, end: number, line: number, columns: Columns) => {
    const { count } = ids;
    return ids.numberOf(id, start, end) === count
      ? undefined
      : refuseSecond(id.subarray(start, end), line, columns);
  };
  const refuseSecond = async (bytes: Uint8Array, line: number, columns: Columns): Promise<never> => {
    const id = Buffer.from(bytes).toString();
    const earlier = await firstLineOf(id, file, rest, columns);
    const remedy = 'drop one of them, or tell them apart with an id column';
    throw new InputError(`${file}:${line}: id ${show(id)} is already used on line ${earlier}; ${remedy}`);
  };
  const columns = await readRows(file, rest, {
    takeRanges: (row, label, line, columns) => {
      rows.addRanges(row, label);
      hash.addRanges(row, label);
      const [start, end] = idRange(row);
      return requireNew(row.bytes, start, end, line, columns);
    },
    take: (row, line, columns) => {
      const id = row.id ?? row.path;
      rows.add(row);
      hash.add(id, row.path, row.label, row.base ?? id);
      const bytes = Buffer.from(id);
      return requireNew(bytes, 0, bytes.length, line, columns);
    },
  });
  if (columns === null) {
    throw new InputError(`${file}: the manifest is empty; expected a header line with the column path`);
  }
  if (rows.length === 0) {
    throw new InputError(`${file}: the manifest lists no images; add one line an image below the header`);
  }
  const sha256 = hash.finish();
  requireRowsOf(file, header, sha256);
  return { file: absolute, rows: rows.finish(dirname(absolute)), sha256, ...(header && { header }) };
}

/** @returns the columns; null where there is no line */
async function readRows(file: string, text: string, taker: RowTaker): Promise<Columns | null> {
  if (isPlainText(text)) return readPlainRows(file, text, taker);
  let columns: Columns | null = null;
  for await (const lines of csvLines(file, text))
    for (const line of lines) {
      if (columns === null) columns = readColumns(file, line);
      else {
        const taken = taker.take(readRow(file, columns, line), line.number, columns);
        if (taken !== undefined) await taken;
      }
    }
  return columns;
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
