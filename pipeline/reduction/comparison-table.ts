import type { Table } from '../tables/table.js';
import { aurocTable } from './auroc-table.js';
import { detectorColumns } from './metric-table.js';
import type { Results } from './results.js';

/** Table 5: ROC-AUC of every detector on every model and outlier set. */
export function comparisonTable(results: Results): Table {
  return aurocTable(results, 'table-5', 'Table 5: Comparison of detectors', detectorColumns(results));
}
