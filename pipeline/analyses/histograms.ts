import { logS } from '../../stages/scores.js';
import { histogramOf, rangeOf } from '../../stages/separation/histogram.js';
import { number, oneWordOf, text, whole } from '../../workers/arrow/column.js';
import { type RowIn, rowType } from '../../workers/arrow/row-type.js';
import type { Analysis, AnalysisInput } from './analysis.js';
import { hardSubset, testLogOdds } from './hard-subset.js';
import { hasConfidence } from './has-confidence.js';

/** What is counted: S, its log-odds, and log ‖G‖² of the images that S can hardly tell apart. */
const scores = ['S', 'log-odds', 'hard log G'] as const;

/** Rows of `histograms.arrow`. */
export const histogramRows = rowType({
  file: 'histograms.arrow',
  version: 1,
  columns: {
    model: text,
    outlier: text,
    /** S at ε = 0 and T = 1; log-odds show what S rounds to 1; log G as in `hard-examples.arrow`, at the cell that was chosen. */
    score: oneWordOf(scores),
    /** From 1; 50 of equal width: of S from 0 to 1, else from the smallest to the largest value of both sets. */
    bin: whole,
    /** A value at `low` is in the bin, one at `high` in the next. */
    low: number,
    high: number,
    /** Test images. */
    inDomainImages: whole,
    outlierImages: whole,
  },
});

/** One bin of the paper's figure 2. */
export type HistogramRow = RowIn<typeof histogramRows>;

/** Histograms of S of both sets, and of G of those images that S can hardly tell apart (figure 2). */
export const histograms: Analysis<HistogramRow> = {
  name: 'histograms',
  rows: histogramRows,
  isAsked: () => true,
  reduce: async (input) => {
    const { experiment, subject, inDomain, analysed } = input;
    if (analysed.set.role !== 'outlier' || !hasConfidence(experiment, subject)) return [];
    const [inside, outside] = [testLogOdds(inDomain), testLogOdds(analysed)];
    const toS = (logOdds: Float64Array) => logOdds.map((value) => Math.exp(logS(value)));
    const hard = (await hardSubset(input))?.test;
    return [
      ...binsOf(input, 'S', toS(inside), toS(outside), { low: 0, high: 1 }),
      ...binsOf(input, 'log-odds', inside, outside),
      ...(hard === undefined ? [] : binsOf(input, 'hard log G', hard.inDomain.g, hard.outlier.g)),
    ];
  },
  // Bins are for plots.
  tables: () => [],
};

/** @param range of the bins; by default from the smallest value to the largest */
function binsOf(
  { subject, analysed }: AnalysisInput,
  score: HistogramRow['score'],
  inDomain: Float64Array,
  outlier: Float64Array,
  range = rangeOf(inDomain, outlier),
): readonly HistogramRow[] {
  if (inDomain.length + outlier.length === 0) return [];
  const { edges, counts } = histogramOf(inDomain, range);
  const other = histogramOf(outlier, range).counts;
  return Array.from(counts, (count, bin) => ({
    model: subject.name,
    outlier: analysed.set.name,
    score,
    bin: bin + 1,
    low: edges[bin] ?? Number.NaN,
    high: edges[bin + 1] ?? Number.NaN,
    inDomainImages: count,
    outlierImages: other[bin] ?? 0,
  }));
}
