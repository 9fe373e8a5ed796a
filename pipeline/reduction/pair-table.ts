import { metrics } from '../../stages/metrics/kinds/index.js';
import { inWords } from '../../stages/shown.js';
import { shownName, type Table } from '../tables/table.js';
import { detectorColumns, metricRow, metricTable } from './metric-table.js';
import { levelFinder, metricFinder, pairsOf, type Results } from './results.js';

/** Table 4 for each model and outlier set: detectors as columns, every metric with its interval as rows. */
export function pairTable(results: Results): Table {
  const columns = detectorColumns(results);
  const smallest = metrics.filter(({ best }) => best === 'smallest').map(({ title }) => title);
  const find = metricFinder(results.metrics);
  const isLevel = levelFinder(results);
  const inDomain = shownName(results.accuracy.find(({ role }) => role === 'in-domain')?.set ?? 'in-domain');
  return metricTable(results, {
    name: 'table-4',
    caption: [
      'Table 4: Detectors on each model and outlier set, out-of-domain being positive.',
      `The best of each row in bold: the smallest ${inWords(smallest)}, the largest of the others.`,
    ],
    columns,
    rowTitles: ['Metric'],
    rowNames: ['model', 'outlier', 'metric'],
    sections: pairsOf(results.metrics).map((pair) => ({
      // It begins with a word of our own: a name that begins with "#" or "-" would turn the line into a Markdown
      // heading or list.
      title: `Model ${shownName(pair.model)}, ${inDomain} vs ${shownName(pair.outlier)}:`,
      rows: metrics.map((metric) => ({
        headings: [metric.title],
        keys: [pair.model, pair.outlier, metric.name],
        ...metricRow(results, find, pair, metric, columns, isLevel),
      })),
    })),
  });
}
