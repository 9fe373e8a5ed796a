import { ablations } from '../../stages/cells.js';
import { number, oneWordOf, text } from '../../workers/arrow/column.js';
import { type RowIn, rowType } from '../../workers/arrow/row-type.js';

/** What a cell was chosen for, and the cell. */
export const chosenCellColumns = {
  model: text,
  outlier: text,
  detector: text,
  ablation: oneWordOf(ablations),
  epsilon: number,
  temperature: number,
} as const;

/** Rows of `selection.arrow`. */
export const selectionRows = rowType({
  file: 'selection.arrow',
  version: 1,
  columns: {
    ...chosenCellColumns,
    /** ROC-AUC on the validation split at that cell. */
    validationAuroc: number,
  },
});

/** One chosen cell: a row of `selection.arrow`. */
export type SelectionRow = RowIn<typeof selectionRows>;
