import { type MetricName, paperMetrics } from '../../stages/metrics/kinds/index.js';
import type { Metric } from '../../stages/metrics/kinds/metric.js';
import { inWords } from '../../stages/shown.js';
import { shownName, type Table } from '../tables/table.js';
import { detectorColumns, metricRow, metricTable } from './metric-table.js';
import { metricFinder, pairsOf, type Results, verdictFinder } from './results.js';

/** Table 4 for each model and outlier set: detectors as columns, the paper's metrics with their intervals as rows. */
export function pairTable(results: Results): Table {
  return tableOfPairs(results, {
    name: 'table-4',
    title: 'Table 4: Detectors on each model and outlier set, out-of-domain being positive.',
    metrics: paperMetrics,
  });
}

/** Some metrics of each model and outlier set, in a table of its own. */
export interface TableOfPairs {
  readonly name: string;
  /** First line of the caption. */
  readonly title: string;
  readonly metrics: readonly (Metric & { readonly name: MetricName })[];
}

/** Detectors as columns, some metrics as rows, with a section for each model and outlier set. */
export function tableOfPairs(results: Results, { name, title, metrics }: TableOfPairs): Table {
  const columns = detectorColumns(results);
  const smallest = metrics.filter(({ best }) => best === 'smallest').map((metric) => metric.title);
  const find = metricFinder(results.metrics);
  const verdictOf = verdictFinder(results);
  const inDomain = shownName(results.accuracy.find(({ role }) => role === 'in-domain')?.set ?? 'in-domain');
  return metricTable(results, {
    name,
    caption: [
      title,
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
        ...metricRow(results, find, pair, metric, columns, verdictOf),
      })),
    })),
  });
}
