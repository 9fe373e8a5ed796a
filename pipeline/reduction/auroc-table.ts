import type { Ablation } from '../../stages/cells.js';
import { csv } from './csv.js';
import { metricsFooter, originCells, originHeader, pairCells, pairHeader } from './footer.js';
import { markdownTable, plainCell } from './markdown.js';
import { estimateCells, intervalCells, intervalHeading } from './metric-cells.js';
import { metricCells, metricHeader } from './metric-columns.js';
import { metricFinder, pairsOf, type RenderedTable, type Results } from './results.js';

/** A detector or one of its ablations. */
export interface AurocColumn {
  /** In Markdown. */
  readonly heading: string;
  /** Before the dot in the CSV's header. */
  readonly csvName: string;
  readonly detector: string;
  readonly ablation: Ablation;
}

/**
 * ROC-AUC of every model and outlier set, with its 95 % interval in the row below; the best of each row in bold. Rows
 * of one model name it once.
 * @param caption without a full stop
 */
export function aurocTable(
  results: Results,
  name: string,
  caption: string,
  columns: readonly AurocColumn[],
): RenderedTable {
  const find = metricFinder(results.metrics);
  const pairs = pairsOf(results.metrics).map((pair) => ({
    ...pair,
    found: columns.map(({ detector, ablation }) => find(pair, detector, ablation, 'auroc')),
  }));
  return {
    name,
    markdown: [
      `${caption}. ROC-AUC values, the best of each row in bold.`,
      markdownTable(
        ['Model', 'Dataset', ...columns.map(({ heading }) => heading)],
        pairs.flatMap(({ model, outlier, found }, index) => [
          [
            pairs[index - 1]?.model === model ? '' : plainCell(model),
            plainCell(outlier),
            ...estimateCells('auroc', found),
          ],
          ['', intervalHeading, ...intervalCells(found)],
        ]),
      ),
      metricsFooter(results),
    ].join('\n\n'),
    csv: csv(
      [
        'model',
        'outlier',
        ...columns.flatMap(({ csvName }) => metricHeader(csvName)),
        ...pairHeader,
        ...originHeader,
      ],
      pairs.map(({ model, outlier, found }) => [
        model,
        outlier,
        ...found.flatMap(metricCells),
        ...pairCells(results, { model, outlier }),
        ...originCells(results),
      ]),
    ),
  };
}
