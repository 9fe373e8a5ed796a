import { detectorNamed } from '../../stages/detectors/index.js';
import { aurocTable } from './auroc-table.js';
import { detectorNamesOf, mainAblation, type RenderedTable, type Results } from './results.js';

/** Table 5: ROC-AUC of every detector on every model and outlier set. */
export function comparisonTable(results: Results): RenderedTable {
  const columns = detectorNamesOf(results.metrics).map((detector) => ({
    heading: detectorNamed(detector).title,
    csvName: detector,
    detector,
    ablation: mainAblation(detector),
  }));
  return aurocTable(results, 'table-5', 'Table 5: Comparison of detectors', columns);
}
