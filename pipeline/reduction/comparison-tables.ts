import { detectorNamed } from '../../stages/detectors/index.js';
import { metrics } from '../../stages/metrics/curve.js';
import type { Metric, MetricRow } from '../../stages/metrics/rows.js';
import { csv } from './csv.js';
import { footer, originCells, originHeader, pairCells, pairHeader } from './footer.js';
import { markdownTable, plainCell } from './markdown.js';
import { metricCells, metricHeader } from './metric-columns.js';
import { meanAndDeviation, threeDecimals } from './number-text.js';
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
  const row = mainRowFinder(results);
  const pairs = pairsOf(results.metrics);
  const inDomain = plainCell(results.accuracy.find(({ role }) => role === 'in-domain')?.set ?? 'in-domain');
  const sections = pairs.flatMap((pair) => [
    `${plainCell(pair.model)}. ${inDomain} vs ${plainCell(pair.outlier)}.`,
    markdownTable(
      ['Metric', ...titlesOf(names)],
      metrics.flatMap((metric) => {
        const found = names.map((name) => row(pair, name, metric));
        return [
          [metricTitles[metric], ...found.map(meanText)],
          ['95 % interval', ...found.map(intervalText)],
        ];
      }),
    ),
  ]);
  return {
    name: 'table-4',
    markdown: [
      'Table 4: Detectors on each model and outlier set. μ ± σ and 95 % interval; out-of-domain is positive.',
      ...sections,
      `${footer(results)}\n`,
    ].join('\n\n'),
    csv: csv(
      ['model', 'outlier', 'metric', ...names.flatMap(metricHeader), ...pairHeader, ...originHeader],
      pairs.flatMap((pair) =>
        metrics.map((metric) => [
          pair.model,
          pair.outlier,
          metric,
          ...names.flatMap((name) => metricCells(row(pair, name, metric))),
          ...pairCells(results, pair),
          ...originCells(results),
        ]),
      ),
    ),
  };
}

/** Table 5: ROC-AUC of every detector on every model and outlier set, the best of a row in bold. */
export function comparisonTable(results: Results): RenderedTable {
  const names = detectorNamesOf(results.metrics);
  const row = mainRowFinder(results);
  const pairs = pairsOf(results.metrics);
  const rows = pairs.map((pair, index) => {
    const found = names.map((name) => row(pair, name, 'auroc'));
    const best = Math.max(...found.map((metric) => metric?.mean ?? -1));
    return [
      pairs[index - 1]?.model === pair.model ? '' : plainCell(pair.model),
      plainCell(pair.outlier),
      ...found.map((metric) => (metric?.mean === best ? `**${meanText(metric)}**` : meanText(metric))),
    ];
  });
  return {
    name: 'table-5',
    markdown: [
      'Table 5: Comparison of detectors. ROC-AUC values, the best of each row in bold.',
      markdownTable(['Model', 'Dataset', ...titlesOf(names)], rows),
      `${footer(results)}\n`,
    ].join('\n\n'),
    csv: csv(
      ['model', 'outlier', ...names.flatMap(metricHeader), ...pairHeader, ...originHeader],
      pairs.map((pair) => [
        pair.model,
        pair.outlier,
        ...names.flatMap((name) => metricCells(row(pair, name, 'auroc'))),
        ...pairCells(results, pair),
        ...originCells(results),
      ]),
    ),
  };
}

function mainRowFinder(results: Results) {
  const find = metricFinder(results.metrics);
  return (pair: Pair, detector: string, metric: Metric): MetricRow | undefined =>
    find(pair, detector, mainAblation(detector), metric);
}

function titlesOf(names: readonly string[]): readonly string[] {
  return names.map((name) => detectorNamed(name).title);
}

function meanText(row: MetricRow | undefined): string {
  return row === undefined ? '—' : meanAndDeviation(row.mean, row.deviation);
}

function intervalText(row: MetricRow | undefined): string {
  return row === undefined ? '—' : `${threeDecimals(row.low)} – ${threeDecimals(row.high)}`;
}
