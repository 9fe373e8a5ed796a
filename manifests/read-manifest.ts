import { dirname, resolve } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { InputError } from '../pipeline/errors.js';
import { didYouMean } from '../pipeline/input/suggestion.js';
import { readText } from '../pipeline/input/text-file.js';
import { show } from '../pipeline/input/validate.js';
import { manifestDigest } from './digest.js';
import type { Manifest, ManifestRow } from './manifest.js';

/** The columns of a manifest; `path` is required, any order is good. */
export const manifestColumns = ['path', 'label', 'id', 'base'] as const;

type Column = (typeof manifestColumns)[number];

/** Labels cross the pipeline in 32-bit columns. */
const largestLabel = 2 ** 31 - 1;

/** One line of a CSV file and where it ends. */
interface Line {
  readonly number: number;
  readonly cells: readonly string[];
}

/**
 * Reads a manifest: a CSV file whose header has `path` (relative to the manifest's folder, or absolute) and, if
 * wanted, `label` (class index, empty where unknown), `id` (default: the path as written) and `base` (the
 * photograph that the image was made from; default: the id). The images themselves are not looked at.
 *
 * @throws InputError naming the file, the line and the value: a file that can't be read, a header with unknown,
 * repeated or missing columns, a line with too few or too many cells, an empty path, a label that is no class
 * index, an id that was used before, no rows at all
 */
export async function readManifest(file: string): Promise<Manifest> {
  const absolute = resolve(file);
  const [header, ...lines] = parseLines(file, await readText(file, 'manifest'));
  if (header === undefined) {
    throw new InputError(`${file}: the manifest is empty; expected a header line with the column path`);
  }
  const columns = readHeader(file, header);
  if (lines.length === 0) {
    throw new InputError(`${file}: the manifest lists no images; add one line an image below the header`);
  }
  const rows: ManifestRow[] = [];
  const written: string[] = [];
  const firstLine = new Map<string, number>();
  for (const line of lines) {
    const { path, row } = readRow(file, columns, line, dirname(absolute));
    const earlier = firstLine.get(row.id);
    if (earlier !== undefined) {
      const remedy = 'drop one of them, or tell them apart with an id column';
      throw new InputError(
        `${file}:${line.number}: id ${show(row.id)} is already used on line ${earlier}; ${remedy}`,
      );
    }
    firstLine.set(row.id, line.number);
    rows.push(row);
    written.push(path);
  }
  return { file: absolute, rows, sha256: manifestDigest(rows, written) };
}

function parseLines(file: string, text: string): readonly Line[] {
  const found: Line[] = [];
  try {
    parse(text, {
      // Ragged lines are let through here so that they can be reported with the columns they should have.
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (cells, { lines }) => {
        found.push({ number: lines, cells });
        return null;
      },
    });
    return found;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = error.lines;
    const remedy = 'put double quotes around a cell that holds quotes, commas or line breaks';
    throw new InputError(`${file}:${String(line)}: not valid CSV: ${error.message}; ${remedy}`, {
      cause: error,
    });
  }
}

function readHeader(file: string, header: Line): readonly Column[] {
  const expected = `expected columns: ${manifestColumns.join(', ')} (only path is required)`;
  const columns = header.cells.map((cell): Column => {
    const column = manifestColumns.find((name) => name === cell);
    if (column !== undefined) return column;
    const suggestion = didYouMean(cell, manifestColumns);
    throw new InputError(`${file}:${header.number}: unknown column ${show(cell)}${suggestion}; ${expected}`);
  });
  const repeated = columns.find((column, i) => columns.indexOf(column) !== i);
  if (repeated !== undefined) {
    throw new InputError(`${file}:${header.number}: column ${show(repeated)} stands twice; ${expected}`);
  }
  if (!columns.includes('path')) {
    throw new InputError(`${file}:${header.number}: column "path" is missing; ${expected}`);
  }
  return columns;
}

function readRow(
  file: string,
  columns: readonly Column[],
  line: Line,
  folder: string,
): { readonly path: string; readonly row: ManifestRow } {
  if (line.cells.length !== columns.length) {
    throw new InputError(
      `${file}:${line.number}: ${line.cells.length} cells (${show(line.cells.join(','))}) where the header has ` +
        `${columns.length} (${columns.join(',')}); fill in or quote the missing or extra cells`,
    );
  }
  const cell = (column: Column): string => line.cells[columns.indexOf(column)] ?? '';
  const path = cell('path');
  if (path === '') {
    throw new InputError(`${file}:${line.number}: the path is empty; give the image's path or drop the line`);
  }
  const id = cell('id') || path;
  const label = readLabel(file, line.number, cell('label'));
  return { path, row: { id, path: resolve(folder, path), label, base: cell('base') || id } };
}

function readLabel(file: string, line: number, cell: string): number | null {
  if (cell === '') return null;
  const label = /^\d+$/.test(cell) ? Number(cell) : Number.NaN;
  if (label <= largestLabel) return label;
  throw new InputError(
    `${file}:${line}: label ${show(cell)} is no class index; expected an integer from 0, ` +
      'or nothing where the class is unknown',
  );
}
