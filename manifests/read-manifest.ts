import { dirname, resolve } from 'node:path';
import { InputError } from '../stages/errors.js';
import { type CsvLine, csvLines } from './csv-lines.js';
import { RowHash } from './digest.js';
import { show } from './input/show.js';
import { didYouMean } from './input/suggestion.js';
import { readText } from './input/text-file.js';
import { archivedPath, archiveExtension, locationOf } from './location.js';
import type { Manifest } from './manifest.js';
import { requireRowsOf, splitHeader } from './manifest-header.js';
import { RowCollector, type WrittenRow } from './manifest-rows.js';

/** The columns of a manifest; `path` is required, any order is good. */
export const manifestColumns = ['path', 'offset', 'length', 'label', 'id', 'base'] as const;

type ManifestColumn = (typeof manifestColumns)[number];

/** Labels cross the pipeline in 32-bit columns. */
export const largestLabel = 2 ** 31 - 1;

/** PATH_MAX of Linux, in characters. */
const longestPath = 4096;

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
  const rows = new RowCollector();
  // It does not depend on where the manifest lies, nor on which defaults are spelled out.
  const hash = new RowHash();
  const ids = new SeenTexts();
  let columns: Columns | null = null;
  const { header, rest } = splitHeader(file, await readText(at, 'manifest'));
  for await (const lines of csvLines(file, rest))
    for (const line of lines) {
      if (columns === null) {
        columns = readColumns(file, line);
        continue;
      }
      const row = readRow(file, columns, line);
      const id = row.id ?? row.path;
      if (!ids.isNew(id)) {
        const earlier = await firstLineOf(id, file, rest, columns);
        const remedy = 'drop one of them, or tell them apart with an id column';
        throw new InputError(
          `${file}:${line.number}: id ${show(id)} is already used on line ${earlier}; ${remedy}`,
        );
      }
      rows.add(row);
      hash.add(id, row.path, row.label, row.base ?? id);
    }
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

/** Tells texts that were seen before. As long as each is behind the one before it, none was, and none is looked up. */
class SeenTexts {
  #last: string | null = null;
  #inOrder: string[] = [];
  #all: Set<string> | null = null;

  /** Whether a text is seen for the first time. */
  isNew(text: string): boolean {
    if (this.#all === null) {
      if (this.#last === null || text > this.#last) {
        this.#last = text;
        this.#inOrder.push(text);
        return true;
      }
      this.#all = new Set(this.#inOrder);
      this.#inOrder = [];
    }
    const before = this.#all.size;
    return this.#all.add(text).size > before;
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

/** Where each column stands; −1 for those that are not there. */
type Columns = Readonly<Record<ManifestColumn | 'count', number>>;

function readColumns(file: string, header: CsvLine): Columns {
  const expected = `expected columns: ${manifestColumns.join(', ')} (only path is required)`;
  const columns = header.cells.map((cell): ManifestColumn => {
    const column = manifestColumns.find((name) => name === cell);
    if (column !== undefined) return column;
    const suggestion = /[;\t|]/.test(cell)
      ? '; separate columns by commas'
      : didYouMean(cell, manifestColumns);
    throw new InputError(`${file}:${header.number}: unknown column ${show(cell)}${suggestion}; ${expected}`);
  });
  const repeated = columns.find((column, i) => columns.indexOf(column) !== i);
  if (repeated !== undefined) {
    throw new InputError(`${file}:${header.number}: column ${show(repeated)} stands twice; ${expected}`);
  }
  if (!columns.includes('path')) {
    throw new InputError(`${file}:${header.number}: column "path" is missing; ${expected}`);
  }
  const place = (column: ManifestColumn): number => columns.indexOf(column);
  const [path, offset, length] = [place('path'), place('offset'), place('length')];
  return {
    path,
    offset,
    length,
    label: place('label'),
    id: place('id'),
    base: place('base'),
    count: columns.length,
  };
}

function readRow(file: string, columns: Columns, line: CsvLine): WrittenRow {
  const { cells } = line;
  if (cells.length !== columns.count) {
    throw new InputError(
      `${file}:${line.number}: ${line.cells.length} cells (${show(line.cells.join(','))}) where the header has ` +
        `${columns.count} (${namesOf(columns).join(',')}); fill in or quote the missing or extra cells`,
    );
  }
  const path = cells[columns.path] ?? '';
  const empty = path.trim() === '';
  if (cells.some(hasNul)) {
    throw new InputError(
      `${file}:${line.number}: ${show(line.cells.join(','))} holds a NUL character, which no path can; save the file as UTF-8 text`,
    );
  }
  if (empty) {
    throw new InputError(`${file}:${line.number}: the path is empty; give the image's path or drop the line`);
  }
  if (path.length > longestPath) {
    throw new InputError(
      `${file}:${line.number}: the path ${show(path)} has ${path.length} characters; systems take at most ${longestPath}`,
    );
  }
  if (/(?:^|\/)\.{0,2}$/.test(path.slice(-3))) {
    throw new InputError(
      `${file}:${line.number}: the path ${show(path)} is that of a folder; give an image's path`,
    );
  }
  const [offset, length] = [cells[columns.offset] ?? '', cells[columns.length] ?? ''];
  return {
    path: offset === '' && length === '' ? path : archived({ file, line: line.number }, path, offset, length),
    label: readLabel(file, line.number, cells[columns.label] ?? ''),
    id: cells[columns.id] || null,
    base: cells[columns.base] || null,
  };
}

const hasNul = (text: string): boolean => text.includes('\0');

/** In the order of the header. */
function namesOf(columns: Columns): readonly ManifestColumn[] {
  return manifestColumns.filter((name) => columns[name] >= 0).sort((a, b) => columns[a] - columns[b]);
}

/** The path of an image in an archive. */
function archived(
  { file, line }: { readonly file: string; readonly line: number },
  path: string,
  offset: string,
  length: string,
): string {
  const place = archivedPath(path, Number(offset), Number(length));
  const isPlace = /^\d+$/.test(offset) && /^\d+$/.test(length) && locationOf(place).part?.kind === 'bytes';
  if (isPlace) return place;
  throw new InputError(
    `${file}:${line}: offset ${show(offset)} and length ${show(length)} name no bytes of ${show(path)}; expected two whole numbers ` +
      `for a file ending in ${archiveExtension}, or nothing for an image file`,
  );
}

function readLabel(file: string, line: number, cell: string): number | null {
  if (cell === '') return null;
  const label = /^\d+$/.test(cell) ? Number(cell) : Number.NaN;
  if (label <= largestLabel) return label;
  throw new InputError(
    `${file}:${line}: label ${show(cell)} is not a class index; expected an integer from 0, ` +
      'or nothing where the class is unknown',
  );
}
