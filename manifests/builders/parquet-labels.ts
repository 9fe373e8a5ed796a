import { InputError } from '../../stages/errors.js';
import { setting } from '../../stages/setting.js';
import { show } from '../input/show.js';
import { didYouMean } from '../input/suggestion.js';
import { classNames } from '../item-files/parquet/class-names.js';
import { readColumn } from '../item-files/parquet/column-reader.js';
import { columnNamed, columnsText, kindOf } from '../item-files/parquet/columns.js';
import type { ParquetTable } from '../item-files/parquet/table.js';
import { ItemFault, type RangedFile } from '../item-files/ranged-file.js';
import { largestLabel } from '../manifest-columns.js';

/** Where labels come from. */
export interface LabelSource {
  /** Name of the column. */
  readonly column: string;
  /** Labels of classes by name, as a file of the user's has them; null where the column's indices are the labels. */
  readonly classes: ReadonlyMap<string, number> | null;
  /** That file, for messages. */
  readonly classesFile: string;
}

/** Labels of one table. */
export interface TableLabels {
  /** Null where the class is unknown. */
  readonly labels: readonly (number | null)[];
  /** Names of the classes, where the table has them. */
  readonly names: readonly string[] | null;
}

/**
 * Labels of the rows of a table: class indices, or texts that a list of classes has.
 * @throws ItemFault where there is no such column, or it holds something else
 * @throws InputError naming a row whose class is not in the list
 */
export async function readLabels(
  file: RangedFile,
  table: ParquetTable,
  source: LabelSource,
): Promise<TableLabels> {
  const column = columnNamed(table, source.column);
  const name = show(source.column);
  if (column === null)
    throw new ItemFault(
      `has no column ${name} of labels; ${columnsText(table)}: name it with ${setting('labelColumn')}, or use ${setting('noLabels')}`,
    );
  const kind = kindOf(table, column);
  if (kind === null)
    throw new ItemFault(
      `column ${name} holds neither class indices nor texts; name another with ${setting('labelColumn')}`,
    );
  const names = kind === 'integers' ? classNames(table, source.column) : null;
  if (source.classes === null && kind === 'texts')
    throw new ItemFault(
      `column ${name} holds texts; list them in the order of the model's classes with ${setting('classes', 'FILE')}`,
    );
  if (source.classes !== null && kind === 'integers' && names === null)
    throw new ItemFault(
      `column ${name} holds class indices, and the file has no names for them that ${setting('classes')} could order; leave it out`,
    );
  const labels: (number | null)[] = [];
  for await (const value of readColumn(file, table, column)) {
    const where = `row ${labels.length}`;
    const index = typeof value === 'number' ? indexOf(where, value, names) : null;
    const text =
      value instanceof Uint8Array
        ? Buffer.from(value).toString('utf8')
        : index === null
          ? null
          : names?.[index];
    labels.push(
      source.classes === null || text === null || text === undefined
        ? index
        : listed(file, where, text, source, source.classes),
    );
  }
  return { labels, names };
}

/** @returns null where the class is unknown: −1, as Hugging Face's test sets have it */
function indexOf(where: string, value: number, names: readonly string[] | null): number | null {
  if (value === -1) return null;
  const classes = names?.length ?? largestLabel + 1;
  if (value >= 0 && value < classes) return value;
  const expected = names === null ? 'an integer from 0' : `one of the ${classes} classes that the file names`;
  throw new ItemFault(
    `${where} has label ${value}, which is no class index; expected ${expected}, or -1 if unknown`,
  );
}

function listed(
  { path }: RangedFile,
  where: string,
  name: string,
  { classesFile }: LabelSource,
  classes: ReadonlyMap<string, number>,
): number {
  const label = classes.get(name);
  if (label !== undefined) return label;
  const remedy =
    didYouMean(name, classes.keys()) ||
    `; add it, or use ${setting('noLabels')} for classes the model never saw`;
  throw new InputError(`${path}: ${where} has class ${show(name)}, which is not in ${classesFile}${remedy}`);
}
