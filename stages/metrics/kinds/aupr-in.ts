import { type Areas, followAreas } from './areas.js';
import type { Metric } from './metric.js';

/** The same as AUPR-out of the negated score, in-domain rows positive. */
export const auprIn = {
  name: 'aupr-in',
  title: 'AUPR-in',
  best: 'largest',
  follow: followAreas,
  value: ({ precisionRecallIn }) => precisionRecallIn,
} as const satisfies Metric<Areas>;
