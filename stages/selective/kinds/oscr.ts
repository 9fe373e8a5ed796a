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
  value: ({ points, accepted, wrong, outliers }) => {
    let [right, met, twice] = [0, 0, 0];
    for (let i = 0; i < points; i++) {
      const [nextRight, nextMet] = [(accepted[i] ?? 0) - (wrong[i] ?? 0), outliers[i] ?? 0];
      twice += (nextMet - met) * (right + nextRight);
      right = nextRight;
      met = nextMet;
    }
    return twice / (2 * (accepted[points - 1] ?? 0) * met);
  },
} as const satisfies SelectiveMetric;
