import { number, orNull, text, whole } from '../../workers/arrow/column.js';
import { type RowIn, rowType } from '../../workers/arrow/row-type.js';

/** Rows of `hard-examples.arrow`. */
export const hardExampleRows = rowType({
  file: 'hard-examples.arrow',
  version: 1,
  columns: {
    model: text,
    outlier: text,
    /** The window of S at ε = 0 and T = 1, both ends in it, and the same of log-odds, whose ends may be infinite. */
    lowS: number,
    highS: number,
    lowLogOdds: number,
    highLogOdds: number,
    /** Validation images within, and ROC-AUC of theirs by S, by which the window was found, and by G. */
    validationInDomainImages: whole,
    validationOutlierImages: whole,
    validationAurocS: number,
    validationAurocG: number,
    /** Test images within. */
    inDomainImages: whole,
    outlierImages: whole,
    /** ROC-AUC of theirs by S, σ and ends of the 95 % interval; these four and those of G are null where images of one set lack. */
    aurocS: orNull(number),
    aurocSDeviation: orNull(number),
    aurocSLow: orNull(number),
    aurocSHigh: orNull(number),
    /** By G at the cell that was chosen for the set. */
    epsilon: number,
    temperature: number,
    aurocG: orNull(number),
    aurocGDeviation: orNull(number),
    aurocGLow: orNull(number),
    aurocGHigh: orNull(number),
  },
});

/** How S and G tell those images apart that S can hardly tell apart. */
export type HardExampleRow = RowIn<typeof hardExampleRows>;
