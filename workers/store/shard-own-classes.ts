import type { Table } from 'apache-arrow';
import { orNull, whole } from '../arrow/column.js';
import { storedColumns } from '../arrow/table-file.js';
import type { OwnClasses } from './shard-scores.js';

/** How a shard's file keeps what is predicted among a set's own classes: a column behind the usual ones, and the classes. */
export const ownClassesColumns = { predicted_among_own: orNull(whole) };

const classesKey = 'own_classes';

/** What the file's metadata says of the classes. */
export const ownClassesMetadata = ({ classes }: OwnClasses): readonly [string, string] => [
  classesKey,
  JSON.stringify(classes),
];

/** Whether a shard's file says that it has the column. */
export function hasOwnClasses(table: Table): boolean {
  return table.schema.metadata.has(classesKey);
}

/**
 * What a shard's file predicts among the set's own classes; undefined where it does not.
 * @param scored rows with scores
 * @param fault makes the error of a file that does not hold what it says
 */
export function ownClassesIn(table: Table, scored: number, fault: () => Error): OwnClasses | undefined {
  const text = table.schema.metadata.get(classesKey);
  if (text === undefined) return undefined;
  const classes = classesFrom(text);
  const { predicted_among_own: column } = storedColumns(table, ownClassesColumns, fault);
  const predicted = Int32Array.from(column.values).subarray(0, scored);
  const known = new Set(classes);
  if (classes === null || column.nulls !== table.numRows - scored || predicted.some((one) => !known.has(one)))
    throw fault();
  return { classes, predicted };
}

function classesFrom(text: string): readonly number[] | null {
  try {
    const classes: unknown = JSON.parse(text);
    return Array.isArray(classes) && classes.length > 0 && classes.every((one) => Number.isInteger(one))
      ? classes
      : null;
  } catch {
    return null;
  }
}
