import { number, oneWordOf, orNull, text, whole } from '../../workers/arrow/column.js';
import { type RowIn, rowType } from '../../workers/arrow/row-type.js';
import { setRoles } from '../experiment/sets.js';

/** What rows on calibration are of. */
export const calibratedColumns = {
  model: text,
  set: text,
  role: oneWordOf(setRoles),
  /** At ε = 0. */
  temperature: number,
};

/** Rows of `calibration.arrow`. */
export const calibrationRows = rowType({
  file: 'calibration.arrow',
  version: 1,
  columns: {
    ...calibratedColumns,
    /** Labelled validation images that a temperature would be chosen on: the set's own, or those that its cells are chosen on. */
    validationImages: whole,
    /** Expected calibration error on them; null where there are none, or where neither scores nor logits tell S there. */
    validationEce: orNull(number),
    /** ROC-AUC on validation images by S, G and SG alone; null of sets that are no outliers, and likewise. */
    validationAurocS: orNull(number),
    validationAurocG: orNull(number),
    validationAurocSG: orNull(number),
    /** Labelled test images; the five below are null where there are none. */
    images: whole,
    accuracy: orNull(number),
    /** Mean of S. */
    confidence: orNull(number),
    ece: orNull(number),
    /** Of the trend line, accuracy = slope · confidence + intercept; null also where all bins are of one confidence. */
    slope: orNull(number),
    intercept: orNull(number),
  },
});

/** How well one network's S says how often it is right, at one temperature. */
export type CalibrationRow = RowIn<typeof calibrationRows>;
