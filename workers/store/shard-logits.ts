import type { Table } from 'apache-arrow';
import { orNull, singles } from '../arrow/column.js';
import { storedColumns } from '../arrow/table-file.js';
import type { ImageLogits } from './shard-scores.js';

/** How a shard's file keeps logits: a column of lists behind the others, in the rows of the first cell, and K as metadata. */
export const logitColumns = { logits: orNull(singles) };

const classesKey = 'logit_classes';

/** What the file's metadata says of the logits. */
export const logitMetadata = ({ classes }: ImageLogits): readonly [string, string] => [
  classesKey,
  String(classes),
];

/** Whether a shard's file says that it has the column. */
export function hasLogits(table: Table): boolean {
  return table.schema.metadata.has(classesKey);
}

/** The logits of one image. */
export function logitsAt({ classes, values }: ImageLogits, image: number): Float32Array {
  return values.subarray(image * classes, (image + 1) * classes);
}

/**
 * The logits that a shard's file holds; undefined where it holds none.
 * @param usable images with scores: the first rows are theirs
 * @param fault makes the error of a file that does not hold what it says
 */
export function logitsIn(table: Table, usable: number, fault: () => Error): ImageLogits | undefined {
  const text = table.schema.metadata.get(classesKey);
  if (text === undefined) return undefined;
  const classes = Number(text);
  const { logits: column } = storedColumns(table, logitColumns, fault);
  const isWhole =
    Number.isSafeInteger(classes) &&
    classes > 0 &&
    column.nulls === table.numRows - usable &&
    Array.from({ length: usable + 1 }, (_, row) => column.offsets[row] ?? 0).every(
      (offset, row) => offset === row * classes,
    );
  if (!isWhole) throw fault();
  return { classes, values: Float32Array.from(column.values).subarray(0, usable * classes) };
}
