import { detectorNamed } from '../../stages/detectors/index.js';
import { metrics } from '../../stages/metrics/curve.js';
import type { Metric } from '../../stages/metrics/split-scores.js';
import { csv } from './csv.js';
import { metricsFooter, originCells, originHeader, pairCells, pairHeader } from './footer.js';
import { markdownTable, plainCell } from './markdown.js';
import { estimateCells, intervalCells, intervalHeading } from './metric-cells.js';
import { metricCells, metricHeader } from './metric-columns.js';
import type { MetricRow } from './result-rows.js';
import {
  detectorNamesOf,
  mainAblation,
  metricFinder,
  type Pair,
  pairsOf,
  type RenderedTable,
  type Results,
} from './results.js';

const metricTitles: Readonly<Record<Metric, string>> = {
  auroc: 'ROC-AUC',
  fpr95: 'FPR95',
  'aupr-out': 'AUPR-out',
  'aupr-in': 'AUPR-in',
};

/** Table 4 for each model and outlier set: detectors as columns, every metric with its interval as rows. */
export function pairTable(results: Results): RenderedTable {
  const names = detectorNamesOf(results.metrics);
  const find = metricFinder(results.metrics);
  const found = (pair: Pair, metric: Metric): readonly (MetricRow | undefined)[] =>
    names.map((name) => find(pair, name, mainAblation(name), metric));
  const pairs = pairsOf(results.metrics);
  const inDomain = plainCell(results.accuracy.find(({ role }) => role === 'in-domain')?.set ?? 'in-domain');
  // The line begins with a word of ours: a name of "#" or "-" would make a heading or a list of it.
  const sections = pairs.flatMap((pair) => [
    `Model ${plainCell(pair.model)}, ${inDomain} vs ${plainCell(pair.outlier)}:`,
    markdownTable(
      ['Metric', ...names.map((name) => detectorNamed(name).title)],
      metrics.flatMap((metric) => [
        [metricTitles[metric], ...estimateCells(metric, found(pair, metric))],
        [intervalHeading, ...intervalCells(found(pair, metric))],
      ]),
    ),
  ]);
  return {
    name: 'table-4',
    markdown: [
      'Table 4: Detectors on each model and outlier set, out-of-domain being positive.\n' +
        'The best of each row in bold: the smallest FPR95, the largest of the others.',
      ...sections,
      metricsFooter(results),
    ].join('\n\n'),
    csv: csv(
      ['model', 'outlier', 'metric', ...names.flatMap(metricHeader), ...pairHeader, ...originHeader],
      pairs.flatMap((pair) =>
        metrics.map((metric) => [
          pair.model,
          pair.outlier,
          metric,
          ...found(pair, metric).flatMap(metricCells),
          ...pairCells(results, pair),
          ...originCells(results),
        ]),
      ),
    ),
  };
}
