import { auroc } from '../../stages/metrics/kinds/auroc.js';
import { shownName, type Table } from '../tables/table.js';
import { type DetectorColumn, metricRow, metricTable } from './metric-table.js';
import { metricFinder, pairsOf, type Results, verdictFinder } from './results.js';

/**
 * ROC-AUC of every model and outlier set.
 * @param caption without a full stop
 * @param columnsAre whether columns are detectors that were compared with each other on the in-domain set
 */
export function aurocTable(
  results: Results,
  name: string,
  caption: string,
  columns: readonly DetectorColumn[],
  columnsAre: 'compared' | 'ablations' = 'ablations',
): Table {
  const find = metricFinder(results.metrics);
  const verdictOf = columnsAre === 'compared' ? verdictFinder(results) : null;
  const rows = pairsOf(results.metrics).map((pair) => ({
    headings: [shownName(pair.model), shownName(pair.outlier)],
    keys: [pair.model, pair.outlier],
    ...metricRow(results, find, pair, auroc, columns, verdictOf),
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
