import { dirname, resolve } from 'node:path';
import { InputError } from '../stages/errors.js';
import { type CsvLine, csvLines } from './csv-lines.js';
import { RowHash } from './digest.js';
import { didYouMean } from './input/suggestion.js';
import { readText } from './input/text-file.js';
import { show } from './input/validate.js';
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
  const firstLine = new Map<string, number>();
  let columns: ReadonlyMap<ManifestColumn, number> | null = null;
  const { header, rest } = splitHeader(file, await readText(at, 'manifest'));
  for await (const lines of csvLines(file, rest))
    for (const line of lines) {
      if (columns === null) {
        columns = readColumns(file, line);
        continue;
      }
      const row = readRow(file, columns, line);
      const id = row.id ?? row.path;
      const earlier = firstLine.get(id);
      if (earlier !== undefined) {
        const remedy = 'drop one of them, or tell them apart with an id column';
        throw new InputError(
          `${file}:${line.number}: id ${show(id)} is already used on line ${earlier}; ${remedy}`,
        );
      }
      firstLine.set(id, line.number);
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

/** @returns where each column stands */
function readColumns(file: string, header: CsvLine): ReadonlyMap<ManifestColumn, number> {
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
  return new Map(columns.map((column, at) => [column, at]));
}

function readRow(file: string, columns: ReadonlyMap<ManifestColumn, number>, line: CsvLine): WrittenRow {
  if (line.cells.length !== columns.size) {
    throw new InputError(
      `${file}:${line.number}: ${line.cells.length} cells (${show(line.cells.join(','))}) where the header has ` +
        `${columns.size} (${[...columns.keys()].join(',')}); fill in or quote the missing or extra cells`,
    );
  }
  const cell = (column: ManifestColumn): string => line.cells[columns.get(column) ?? -1] ?? '';
  const path = cell('path');
  const empty = path.trim() === '';
  if (line.cells.some((text) => text.includes('\0'))) {
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
  if (/(?:^|\/)\.{0,2}$/.test(path)) {
    throw new InputError(
      `${file}:${line.number}: the path ${show(path)} is that of a folder; give an image's path`,
    );
  }
  const where = { file, line: line.number };
  const place = archived(where, path, cell('offset'), cell('length'));
  const label = readLabel(file, line.number, cell('label'));
  return { path: place, label, id: cell('id') || null, base: cell('base') || null };
}

/** The path of an image in an archive, or the path itself where no bytes are named. */
function archived(
  { file, line }: { readonly file: string; readonly line: number },
  path: string,
  offset: string,
  length: string,
): string {
  if (offset === '' && length === '') return path;
  const place = archivedPath(path, Number(offset), Number(length));
  const isPlace =
    /^\d+$/.test(offset) && /^[1-9]\d*$/.test(length) && locationOf(place).part?.kind === 'bytes';
  if (isPlace) return place;
  throw new InputError(
    `${file}:${line}: offset ${show(offset)} and length ${show(length)} name no bytes of ${show(path)}; expected two whole numbers ` +
      `for a file ending in ${archiveExtension}, the length above 0, or nothing for an image file`,
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
