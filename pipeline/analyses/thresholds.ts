import type { SplitScores } from '../../stages/metrics/split-scores.js';
import { thresholdOf } from '../../stages/thresholds/threshold.js';
import { wilsonRate } from '../../stages/thresholds/wilson.js';
import type { SelectionRow } from '../selection/selection-rows.js';
import type { Subject } from '../waves/subjects.js';
import type { Analysis } from './analysis.js';
import { chosenScores } from './chosen-scores.js';
import { type ThresholdRow, thresholdRows } from './threshold-rows.js';
import { thresholdTable } from './threshold-table.js';

/** α where an experiment says nothing. */
const usualAlpha = 0.05;

/** δ(α) of every detector at the cell that was chosen for each outlier set, and what it rejects of the test images. */
export const thresholds: Analysis<ThresholdRow> = {
  name: 'thresholds',
  rows: thresholdRows,
  isAsked: () => true,
  reduce: async ({ experiment, subject, selection, inDomain, analysed }) => {
    if (analysed.set.role !== 'outlier') return [];
    const validation = await inDomain.validation();
    const { alpha = usualAlpha } = experiment;
    return selection
      .filter(({ outlier }) => outlier === analysed.set.name)
      .map((row) =>
        thresholdRow({ row, subject, alpha, validation, inDomain: inDomain.test, outlier: analysed.test }),
      );
  },
  tables: thresholdTable,
};

interface ThresholdInput {
  readonly row: SelectionRow;
  readonly subject: Subject;
  readonly alpha: number;
  /** In-domain. */
  readonly validation: SplitScores;
  /** Test splits. */
  readonly inDomain: SplitScores;
  readonly outlier: SplitScores;
}

function thresholdRow({ row, subject, alpha, validation, inDomain, outlier }: ThresholdInput): ThresholdRow {
  const { validationAuroc: _, ...chosen } = row;
  const valuesOf = (split: SplitScores): Float64Array => chosenScores(subject, row, split);
  const { value, low, high, kept } = thresholdOf(valuesOf(validation).sort(), alpha);
  const rejected = (split: SplitScores) => {
    const count = valuesOf(split).reduce((sum, score) => sum + (score > value ? 1 : 0), 0);
    return wilsonRate(count, split.size);
  };
  const [inside, outside] = [rejected(inDomain), rejected(outlier)];
  return {
    ...chosen,
    alpha,
    threshold: value,
    thresholdLow: low,
    thresholdHigh: high,
    validationImages: validation.size,
    validationKept: kept,
    inDomainImages: inDomain.size,
    inDomainRejected: inside.value,
    inDomainRejectedLow: inside.low,
    inDomainRejectedHigh: inside.high,
    outlierImages: outlier.size,
    outlierRejected: outside.value,
    outlierRejectedLow: outside.low,
    outlierRejectedHigh: outside.high,
  };
}
