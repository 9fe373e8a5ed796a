import { number, orNull, text, whole } from '../../workers/arrow/column.js';
import { type RowIn, rowType } from '../../workers/arrow/row-type.js';

const columns = {
  model: text,
  detector: text,
  /** Independent blocks: outlier sets, all corrupted ones being one. */
  blocks: whole,
  detectors: whole,
  /** Mean of its rank by ROC-AUC over the blocks, 1 for the best; this and what follows is null of too few blocks. */
  averageRank: orNull(number),
  /** Friedman's χ² and its p-value, the same in all rows of a model. */
  statistic: orNull(number),
  p: orNull(number),
  /** F of Iman and Davenport, ∞ where all blocks agree, and its p-value. */
  f: orNull(number),
  fP: orNull(number),
  /** By how much average ranks have to differ to be told apart (Nemenyi, 5 %). */
  criticalDifference: orNull(number),
  /** Numbers, from 1, of the runs of detectors that are not told apart that it is in; empty where it is in none. */
  cliques: orNull(text),
};

/** Rows of `ranks.arrow`. */
export const rankRows = rowType({ file: 'ranks.arrow', version: 1, columns });

/** Rows of `ranks-full-spectrum.arrow`. */
export const fullSpectrumRankRows = rowType({ file: 'ranks-full-spectrum.arrow', version: 1, columns });

/** The rank of one detector over the outlier sets. */
export type RankRow = RowIn<typeof rankRows>;
