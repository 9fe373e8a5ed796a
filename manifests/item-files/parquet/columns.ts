import type { SchemaTree } from 'hyparquet';
import { printableLine, shortened } from '../../input/printable.js';
import { ItemFault } from '../ranged-file.js';
import { columnKey, type ParquetTable } from './table.js';

/** A column that has one value, or null, in each row. */
export interface Column {
  /** Names on the way to it, the column's own last. */
  readonly path: readonly string[];
  /** As `RowGroup` has its chunks. */
  readonly key: string;
  /** Parquet's name of what its values are stored as, for example `BYTE_ARRAY`. */
  readonly type: string;
  /** How many of the names on the way may be null. */
  readonly depth: number;
}

/** Where the images of a table are. */
export interface ImageColumn {
  /** Name of the column. */
  readonly name: string;
  /** Files of images. */
  readonly bytes: Column;
  /** What the files were called; null where the table does not say. */
  readonly path: Column | null;
}

/** The column that is taken where nobody names one, if it holds images. */
export const usualImageColumn = 'image';

/** What to do where a table has paths in place of images. */
export const embedImages =
  'write the table again with the files in it: ds.push_to_hub(…, embed_external_files=True)';

/**
 * The column of images: the one of a name, or else `image`, or else the only one that is {bytes, path}, as Hugging Face's
 * libraries write images.
 * @throws ItemFault where there is none, or more than one that may be meant
 */
export function imageColumn(table: ParquetTable, name: string | null): ImageColumn {
  const { children } = table.schema;
  const wanted = children.find((child) => child.element.name === (name ?? usualImageColumn));
  const found = wanted === undefined ? null : imagesOf(wanted);
  if (found !== null) return found;
  if (name !== null)
    throw new ItemFault(
      wanted === undefined
        ? `has no column ${JSON.stringify(name)}; ${columnsText(table)}`
        : `column ${JSON.stringify(name)} is ${whatIs(wanted)}, and no image a row: expected bytes, or {bytes, path}; ${remedyOf(wanted)}`,
    );
  const structs = children.filter((child) => child.children.length > 0 && imagesOf(child) !== null);
  const [only, another] = structs;
  const images = only === undefined ? null : imagesOf(only);
  if (images !== null && another === undefined) return images;
  if (another !== undefined)
    throw new ItemFault(
      `has several columns of images (${structs.map(shown).join(', ')}); say which is meant`,
    );
  const instead =
    wanted === undefined ? '' : `, and ${usualImageColumn} is ${whatIs(wanted)} (${remedyOf(wanted)})`;
  throw new ItemFault(
    `has no column of images, {bytes, path} as Hugging Face's libraries write them${instead}; ${columnsText(table)}`,
  );
}

/** A column by its name that has one value a row; null where there is none of the name. @throws ItemFault where it is a list or a group */
export function columnNamed(table: ParquetTable, name: string): Column | null {
  const child = table.schema.children.find(({ element }) => element.name === name);
  if (child === undefined) return null;
  const column = leaf([child]);
  if (column !== null) return column;
  throw new ItemFault(
    `column ${JSON.stringify(name)} is ${whatIs(child)}, expected one value a row; write the table again with one, or leave the column out`,
  );
}

/** Whether a column holds integers, or texts; null where it holds neither. */
export function kindOf(table: ParquetTable, column: Column): 'integers' | 'texts' | null {
  const element = table.schema.children.find(({ element: { name } }) => name === column.path[0])?.element;
  const [converted, logical] = [element?.converted_type, element?.logical_type?.type];
  const isPlain = logical === undefined || logical === 'INTEGER';
  if (column.type === 'INT32' || column.type === 'INT64')
    return isPlain && (converted === undefined || /^U?INT_/.test(converted)) ? 'integers' : null;
  return column.type === 'BYTE_ARRAY' && (converted === 'UTF8' || logical === 'STRING') ? 'texts' : null;
}

/** The names of a table's columns, for messages. */
export function columnsText({ schema }: ParquetTable): string {
  const names = schema.children.map(shown);
  const rest = names.length > 10 ? ` and ${names.length - 10} more` : '';
  return `it has ${names.slice(0, 10).join(', ') || 'none'}${rest}`;
}

function imagesOf(child: SchemaTree): ImageColumn | null {
  const { name } = child.element;
  const own = leaf([child]);
  if (own !== null) return isBinary(child) ? { name, bytes: own, path: null } : null;
  const [inner, beside] = ['bytes', 'path'].map((part) =>
    child.children.find(({ element }) => element.name === part),
  );
  const bytes = inner !== undefined && isBinary(inner) ? leaf([child, inner]) : null;
  if (bytes === null) return null;
  const path = beside !== undefined && !isBinary(beside) ? leaf([child, beside]) : null;
  return { name, bytes, path: path?.type === 'BYTE_ARRAY' ? path : null };
}

function isBinary({ element }: SchemaTree): boolean {
  return (
    element.type === 'BYTE_ARRAY' &&
    element.converted_type === undefined &&
    element.logical_type === undefined
  );
}

/** The column at the end of a way; null where it is no column, or may have several values a row. */
function leaf(way: readonly SchemaTree[]): Column | null {
  const end = way.at(-1)?.element;
  const repetitions = way.map(({ element }) => element.repetition_type);
  if (end?.type === undefined || repetitions.includes('REPEATED')) return null;
  const path = way.map(({ element }) => element.name);
  const depth = repetitions.filter((repetition) => repetition !== 'REQUIRED').length;
  return { path, key: columnKey(path), type: end.type, depth };
}

function whatIs({ element, children }: SchemaTree): string {
  const { converted_type: converted, logical_type: logical, repetition_type: repetition } = element;
  if (converted === 'LIST' || logical?.type === 'LIST' || repetition === 'REPEATED') return 'a list';
  if (children.length > 0) return `a group {${children.slice(0, 10).map(shown).join(', ')}}`;
  return `of type ${logical?.type ?? converted ?? element.type ?? 'unknown'}`;
}

/** What to do with a column that is of no images as it is. */
function remedyOf(child: SchemaTree): string {
  const kind = whatIs(child);
  if (kind === 'a list') return 'write the table again with one image a row';
  if (child.children.length > 0) return 'write the table again with its images as such a column';
  return kind === 'of type STRING' || kind === 'of type UTF8'
    ? 'if these are paths, list the files with "grodin manifest imglist"'
    : 'name another';
}

/** A name as it may stand in a line. */
const shown = ({ element }: SchemaTree): string => printableLine(shortened(element.name, 60));
