import { selectiveMetricNames } from '../../stages/selective/kinds/index.js';
import { number, oneWordOf, orNull, whole } from '../../workers/arrow/column.js';
import { type RowIn, rowType } from '../../workers/arrow/row-type.js';
import { chosenCellColumns } from '../selection/selection-rows.js';

/** Rows of `selective.arrow`. */
export const selectiveRows = rowType({
  file: 'selective.arrow',
  version: 1,
  columns: {
    ...chosenCellColumns,
    metric: oneWordOf(selectiveMetricNames),
    /** Of labelled in-domain test images, a failure being a wrong prediction at ε = 0; of OSCR with the outliers. */
    value: number,
    /** σ and 95 % percentile interval, over the resamples of `metrics.arrow`; null where one of those has no labelled image. */
    deviation: orNull(number),
    low: orNull(number),
    high: orNull(number),
    /** The same where outliers are among the images, and are failures too; null of OSCR. */
    valueWithOutliers: orNull(number),
    deviationWithOutliers: orNull(number),
    lowWithOutliers: orNull(number),
    highWithOutliers: orNull(number),
    /** Labelled in-domain test images, and how many of them are predicted wrong. */
    labelled: whole,
    wrong: whole,
    outlierImages: whole,
  },
});

/** One metric of selective prediction of one detector: a row of `selective.arrow`. */
export type SelectiveRow = RowIn<typeof selectiveRows>;
