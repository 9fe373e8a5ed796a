import { metricNames } from '../../stages/metrics/kinds/index.js';
import { number, oneWordOf, orNull, text, whole } from '../../workers/arrow/column.js';
import { type RowIn, rowType } from '../../workers/arrow/row-type.js';
import { setRoles } from '../experiment/sets.js';
import { chosenCellColumns } from '../selection/selection-rows.js';

/** Rows of `metrics.arrow`. */
export const metricRows = rowType({
  file: 'metrics.arrow',
  version: 2,
  columns: {
    ...chosenCellColumns,
    metric: oneWordOf(metricNames),
    /** On the test split as it is. */
    value: number,
    /** μ and σ (ddof 1) over the first `resamplings.deviation` resamples. */
    mean: number,
    deviation: number,
    /**
     * 95 % percentile interval over `resamplings.interval` resamples: of rows, or where some share a photograph, of photographs
     * with all their rows.
     */
    low: number,
    high: number,
    inDomainImages: whole,
    outlierImages: whole,
    /** Different photographs among both: fewer than images where some share one. */
    photographs: whole,
    /** By DeLong, or where rows share photographs Obuchowski; of ROC-AUC alone, and null where nothing tells how it varies. */
    standardError: orNull(number),
    /** 95 % interval by that on the logit scale; null also where ROC-AUC is 0 or 1, or does not vary. */
    logitLow: orNull(number),
    logitHigh: orNull(number),
    /** Bias-corrected and accelerated 95 % interval from the resamples of the percentile interval; null likewise. */
    bcaLow: orNull(number),
    bcaHigh: orNull(number),
  },
});

/** One metric of one detector on the test split: a row of `metrics.arrow`. */
export type MetricRow = RowIn<typeof metricRows>;

/** Rows of `accuracy.arrow`. */
export const accuracyRows = rowType({
  file: 'accuracy.arrow',
  version: 2,
  columns: {
    model: text,
    set: text,
    role: oneWordOf(setRoles),
    /** Fraction of labelled test images with ĉ = label at ε = 0; null where no image has a label. */
    accuracy: orNull(number),
    /** Likewise where only the classes that the set's labels name may be predicted; null unless asked for. */
    accuracyAmongOwn: orNull(number),
    /** How many these are. */
    ownClasses: orNull(whole),
    /** Usable test images with a label. */
    labelled: whole,
    /** Usable test images. */
    images: whole,
    /** Test images left out because they could not be read or scored. */
    failed: whole,
    /** Validation images left out likewise. */
    validationFailed: whole,
  },
});

/** Accuracy of one model on one set (table 3): a row of `accuracy.arrow`. */
export type AccuracyRow = RowIn<typeof accuracyRows>;
