import { number, oneWordOf, orNull, whole } from '../../workers/arrow/column.js';
import { type RowIn, rowType } from '../../workers/arrow/row-type.js';
import { chosenCellColumns } from '../selection/selection-rows.js';

/**
 * What a cell was chosen by: ROC-AUC on the set's own validation rows, its mean over the other sets, or its mean over all. Sets
 * that are chosen on the same rows count once in a mean.
 */
const choices = ['own-set', 'other-sets', 'all-sets'] as const;

/** Rows of `stability.arrow`. */
export const stabilityRows = rowType({
  file: 'stability.arrow',
  version: 1,
  columns: {
    ...chosenCellColumns,
    /** What the cell was chosen by. */
    choice: oneWordOf(choices),
    /** How many pools of validation rows the mean is over that is largest at the cell, and the mean. */
    pools: whole,
    meanAuroc: number,
    /** ROC-AUC on the set's own validation rows at the cell. */
    validationAuroc: number,
    /** What it lacks there to the cell that was chosen on them. */
    lost: number,
    /** ROC-AUC on test rows; null where the run has no scores of them at the cell. */
    testAuroc: orNull(number),
  },
});

/** One detector's cell for one outlier set by one kind of choice: a row of `stability.arrow`. */
export type StabilityRow = RowIn<typeof stabilityRows>;
