import { metricNames } from '../../stages/metrics/kinds/index.js';
import { number, oneWordOf, text, whole } from '../../workers/arrow/column.js';
import { type RowIn, rowType } from '../../workers/arrow/row-type.js';
import { averageKinds } from '../reduction/averaged-sets.js';

/** Rows of `group-means.arrow`. */
export const groupMeanRows = rowType({
  file: 'group-means.arrow',
  version: 1,
  columns: {
    model: text,
    /** What the mean is over: a group of the experiment, the severities of a corruption, or all corruptions. */
    kind: oneWordOf(averageKinds),
    /** Of the group or the corruption; `all` of all corruptions. */
    name: text,
    /** How many outlier sets it is over. */
    sets: whole,
    detector: text,
    metric: oneWordOf(metricNames),
    /** The mean of the estimates on the sets; of all corruptions, over their means. */
    value: number,
    /** 95 % percentile interval for these very sets: photographs are resampled, sets are not. */
    low: number,
    high: number,
  },
});

/** One metric of one detector, averaged over sets. */
export type GroupMeanRow = RowIn<typeof groupMeanRows>;
