import type { Table } from 'apache-arrow';
import { z } from 'zod';
import { doubles, orNull } from '../arrow/column.js';
import { storedColumns } from '../arrow/table-file.js';
import type { LogitReadings } from './shard-scores.js';

/**
 * How a shard's file keeps what detectors read of logits: a column of lists behind the others, in the rows of the first cell, and
 * of which detectors at which temperatures as metadata.
 */
export const readingColumns = { logit_readings: orNull(doubles) };

const namesKey = 'logit_readings';

const namesText = z.array(z.tuple([z.string(), z.number()])).min(1);

/** What the file's metadata says of the readings. */
export const readingMetadata = ({ names }: LogitReadings): readonly [string, string] => [
  namesKey,
  JSON.stringify(names.map(({ detector, temperature }) => [detector, temperature])),
];

/** Whether a shard's file says that it has the column. */
export function hasReadings(table: Table): boolean {
  return table.schema.metadata.has(namesKey);
}

/** All readings of one image. */
export function readingsAt({ names, values }: LogitReadings, image: number): Float64Array {
  return values.subarray(image * names.length, (image + 1) * names.length);
}

/**
 * The readings that a shard's file holds; undefined where it holds none.
 * @param usable images with scores: the first rows are theirs
 * @param fault makes the error of a file that does not hold what it says
 */
export function readingsIn(table: Table, usable: number, fault: () => Error): LogitReadings | undefined {
  const text = table.schema.metadata.get(namesKey);
  if (text === undefined) return undefined;
  const names = namesFrom(text);
  if (names === null) throw fault();
  const { logit_readings: column } = storedColumns(table, readingColumns, fault);
  const isWhole =
    column.nulls === table.numRows - usable &&
    Array.from({ length: usable + 1 }, (_, row) => column.offsets[row] ?? 0).every(
      (offset, row) => offset === row * names.length,
    );
  if (!isWhole) throw fault();
  return { names, values: Float64Array.from(column.values).subarray(0, usable * names.length) };
}

function namesFrom(text: string): LogitReadings['names'] | null {
  try {
    const found = namesText.safeParse(JSON.parse(text));
    return found.success ? found.data.map(([detector, temperature]) => ({ detector, temperature })) : null;
  } catch {
    return null;
  }
}
