import { printableLine } from '../../manifests/input/printable.js';
import type { OpenSet } from '../opening/opened.js';

/** So many sets are named. */
const NAMED = 5;

/** Fewer rows than this part of a set are what any shared photographs cost. */
const TOLD = 0.1;

/**
 * Sets of which many rows are in neither split, since they share photographs with validation rows: where a base stands for all
 * images of a patient or a place, few rows of validation may take most of a set.
 */
export function excludedRowsNotes({
  sets,
}: {
  readonly sets: readonly Pick<OpenSet, 'name' | 'test' | 'rows' | 'split'>[];
}): readonly string[] {
  const found = sets
    .filter(({ test, rows, split }) => test !== 0 && split.excluded >= TOLD * rows.rows.length)
    .filter(({ split }) => split.excluded > 0)
    .map(({ name, rows, split }) => `${split.excluded} of the ${rows.rows.length} rows of "${name}"`);
  if (found.length === 0) return [];
  const more = found.length > NAMED ? ` (and of ${found.length - NAMED} more sets)` : '';
  return [
    printableLine(
      `${found.slice(0, NAMED).join(', ')}${more} are not tested: they share photographs ("base") with validation rows; a lower "validation" leaves more`,
    ),
  ];
}
