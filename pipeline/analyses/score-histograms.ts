import { histogramOf, rangeOf } from '../../stages/separation/histogram.js';
import { number, text, whole } from '../../workers/arrow/column.js';
import { type RowIn, rowType } from '../../workers/arrow/row-type.js';
import { mainAblation } from '../reduction/results.js';
import type { Analysis } from './analysis.js';
import { chosenForSet, chosenScores } from './chosen-scores.js';

/** Enough to see the shapes of two sets in a small figure. */
const bins = 40;

/** Rows of `score-histograms.arrow`. */
const scoreHistogramRows = rowType({
  file: 'score-histograms.arrow',
  version: 1,
  columns: {
    model: text,
    outlier: text,
    detector: text,
    /** From 1; 40 of equal width from the smallest to the largest score of both sets. */
    bin: whole,
    /** A score at `low` is in the bin, one at `high` in the next, but for the last. */
    low: number,
    high: number,
    /** Test images. */
    inDomainImages: whole,
    outlierImages: whole,
  },
});

/** One bin of a detector's scores. */
export type ScoreHistogramRow = RowIn<typeof scoreHistogramRows>;

/** Histograms of every detector's scores of in-domain and of outlier test images, at the cell that was chosen for each set. */
export const scoreHistograms: Analysis<ScoreHistogramRow> = {
  name: 'score-histograms',
  rows: scoreHistogramRows,
  isAsked: () => true,
  reduce: async ({ subject, selection, inDomain, analysed: { set, test } }) => {
    if (set.role !== 'outlier' || test.size + inDomain.test.size === 0) return [];
    return chosenForSet(selection, set.name, mainAblation).flatMap((row) => {
      const inside = chosenScores(subject, row, inDomain.test);
      const outside = chosenScores(subject, row, test);
      const range = { ...rangeOf(inside, outside), bins };
      const { edges, counts } = histogramOf(inside, range);
      const other = histogramOf(outside, range).counts;
      return Array.from(counts, (count, bin) => ({
        ...{ model: subject.name, outlier: set.name, detector: row.detector, bin: bin + 1 },
        ...{ low: edges[bin] ?? Number.NaN, high: edges[bin + 1] ?? Number.NaN },
        ...{ inDomainImages: count, outlierImages: other[bin] ?? 0 },
      }));
    });
  },
  // Bins are for plots.
  tables: () => [],
};
