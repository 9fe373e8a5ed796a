import type { SelectiveMetric } from './selective-metric.js';

/**
 * The area under the open-set classification rate (Dhamija, Günther and Boult, 2018): the share of labelled in-domain rows that
 * are accepted and rightly classified, over the share of outliers that are accepted. It is at most the accuracy. Means something
 * only where the outliers are of classes that the network does not know.
 */
export const oscr = {
  name: 'oscr',
  title: 'OSCR',
  best: 'largest',
  failures: ['wrong'],
  value: (all) => all.twiceRight / (2 * all.of('wrong').rows * all.outliers),
} as const satisfies SelectiveMetric;
