import { number, oneWordOf, orNull, text, whole } from '../../workers/arrow/column.js';
import { type RowIn, rowType } from '../../workers/arrow/row-type.js';

/** What the paired test says of a detector: it is worse than the best, can't be told from it, or could not be tested. */
const verdicts = ['worse', 'level', 'untested'] as const;

const columns = {
  model: text,
  outlier: text,
  /** The detector with the largest ROC-AUC on the test images, of equal ones the first. */
  best: text,
  /** Another one. */
  detector: text,
  bestAuroc: number,
  auroc: number,
  /** What it lacks. */
  difference: number,
  /** By DeLong, or where rows share photographs Obuchowski; null where nothing tells how the two vary. */
  standardError: orNull(number),
  z: orNull(number),
  /** Two-sided; 1 of detectors that place every image alike; else null where nothing tells how the difference varies, or it does not vary. */
  p: orNull(number),
  /** By Holm, over those of this model and set that have a p. */
  adjustedP: orNull(number),
  verdict: oneWordOf(verdicts),
  inDomainImages: whole,
  outlierImages: whole,
  /** Different photographs among both. */
  photographs: whole,
};

/** Rows of `comparisons.arrow`. */
export const comparisonRows = rowType({ file: 'comparisons.arrow', version: 1, columns });

/** Rows of `comparisons-full-spectrum.arrow`. */
export const fullSpectrumComparisonRows = rowType({
  file: 'comparisons-full-spectrum.arrow',
  version: 1,
  columns,
});

/** The best detector of one model and outlier set, and another one. */
export type ComparisonRow = RowIn<typeof comparisonRows>;
