import { furtherMetrics } from '../../stages/metrics/kinds/index.js';
import type { Table } from '../tables/table.js';
import { tableOfPairs } from './pair-table.js';
import type { Results } from './results.js';

/** What table 4 does not have, as the paper has not: the other metrics of detectors, in the same form. */
export function furtherTable(results: Results): Table {
  return tableOfPairs(results, {
    name: 'further-metrics',
    title:
      'Further metrics of each model and outlier set: FPR95 with in-domain positive, and the best ½ (TPR + TNR).',
    metrics: furtherMetrics,
  });
}
