import { InputError } from '../stages/errors.js';
import type { CsvLine } from './csv-lines.js';
import { show } from './input/show.js';
import { didYouMean } from './input/suggestion.js';
import { archivedPath, archiveExtension, locationOf } from './location.js';
import type { WrittenRow } from './row-collector.js';

/** The columns of a manifest; `path` is required, any order is good. */
export const manifestColumns = ['path', 'offset', 'length', 'label', 'id', 'base'] as const;

type ManifestColumn = (typeof manifestColumns)[number];

/** Labels cross the pipeline in 32-bit columns. */
export const largestLabel = 2 ** 31 - 1;

/** PATH_MAX of Linux, in characters. */
export const longestPath = 4096;

/** Where each column stands; −1 for those that are not there. */
export type Columns = Readonly<Record<ManifestColumn | 'count', number>>;

/** @throws InputError naming the column */
export function readColumns(file: string, header: CsvLine): Columns {
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

/** @throws InputError naming the line and the value */
export function readRow(file: string, columns: Columns, line: CsvLine): WrittenRow {
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
  const most = label > largestLabel ? ` to ${largestLabel}` : '';
  throw new InputError(
    `${file}:${line}: label ${show(cell)} is not a class index; expected an integer from 0${most}, ` +
      'or nothing where the class is unknown',
  );
}
