import { rocCurve } from '../../stages/metrics/roc-curve.js';
import { number, text, whole } from '../../workers/arrow/column.js';
import { type RowIn, rowType } from '../../workers/arrow/row-type.js';
import { mainAblation } from '../reduction/results.js';
import type { Analysis } from './analysis.js';
import { chosenForSet, chosenScores } from './chosen-scores.js';

/** Points that are kept of each curve: what a figure shows of it. */
const mostPoints = 60;

/** Rows of `roc-curves.arrow`. */
const rocRows = rowType({
  file: 'roc-curves.arrow',
  version: 1,
  columns: {
    model: text,
    outlier: text,
    detector: text,
    /** From 1 at (0, 0) to the last at (1, 1); at most 60. */
    point: whole,
    /** Fraction of in-domain test images whose score is at least the threshold of the point. */
    falsePositiveRate: number,
    /** Fraction of outlier test images likewise. */
    truePositiveRate: number,
  },
});

/** One point of one detector's ROC curve. */
export type RocRow = RowIn<typeof rocRows>;

/** ROC curves of every detector on test images at the cell that was chosen for each outlier set, thinned for drawing. */
export const rocCurves: Analysis<RocRow> = {
  name: 'roc-curves',
  rows: rocRows,
  isAsked: () => true,
  reduce: async ({ subject, selection, inDomain, analysed: { set, test } }) => {
    if (set.role !== 'outlier' || test.size === 0 || inDomain.test.size === 0) return [];
    return chosenForSet(selection, set.name, mainAblation).flatMap((row) => {
      const inside = chosenScores(subject, row, inDomain.test);
      const outside = chosenScores(subject, row, test);
      return rocCurve(inside, outside, mostPoints).map((at, index) => {
        const of = { model: subject.name, outlier: set.name, detector: row.detector };
        return { ...of, point: index + 1, ...at };
      });
    });
  },
  // Points of a graph are for plots.
  tables: () => [],
};
