import { number, whole } from '../../workers/arrow/column.js';
import { type RowIn, rowType } from '../../workers/arrow/row-type.js';
import { chosenCellColumns } from '../selection/selection-rows.js';

/** Rows of `thresholds.arrow`. */
export const thresholdRows = rowType({
  file: 'thresholds.arrow',
  version: 1,
  columns: {
    ...chosenCellColumns,
    /** The fraction of in-domain images that may be rejected. */
    alpha: number,
    /** δ, of the detector's value as it ranks: an image is rejected where its value is larger. ∞ where α needs more images. */
    threshold: number,
    /** 95 % interval of the quantile that δ stands for; ends may be infinite. */
    thresholdLow: number,
    thresholdHigh: number,
    /** In-domain validation images that δ was found on, and how many of them are kept. */
    validationImages: whole,
    validationKept: whole,
    /** Test images; the fraction that is rejected, and its 95 % interval by Wilson. */
    inDomainImages: whole,
    inDomainRejected: number,
    inDomainRejectedLow: number,
    inDomainRejectedHigh: number,
    outlierImages: whole,
    outlierRejected: number,
    outlierRejectedLow: number,
    outlierRejectedHigh: number,
  },
});

/** One detector's threshold at its chosen cell: a row of `thresholds.arrow`. */
export type ThresholdRow = RowIn<typeof thresholdRows>;
