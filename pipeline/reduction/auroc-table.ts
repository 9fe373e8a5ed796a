import { auroc } from '../../stages/metrics/kinds/auroc.js';
import { shownName, type Table } from '../tables/table.js';
import { type DetectorColumn, metricRow, metricTable } from './metric-table.js';
import { metricFinder, pairsOf, type Results } from './results.js';

/**
 * ROC-AUC of every model and outlier set.
 * @param caption without a full stop
 */
export function aurocTable(
  results: Results,
  name: string,
  caption: string,
  columns: readonly DetectorColumn[],
): Table {
  const find = metricFinder(results.metrics);
  const rows = pairsOf(results.metrics).map((pair) => ({
    headings: [shownName(pair.model), shownName(pair.outlier)],
    keys: [pair.model, pair.outlier],
    ...metricRow(results, find, pair, auroc, columns),
  }));
  return metricTable(results, {
    name,
    caption: [`${caption}. ${auroc.title} values, the best of each row in bold.`],
    columns,
    rowTitles: ['Model', 'Dataset'],
    rowNames: ['model', 'outlier'],
    sections: [{ title: null, rows }],
  });
}
