import type { Ablation } from '../../stages/cells.js';
import { detectorNamed } from '../../stages/detectors/index.js';
import { csv } from './csv.js';
import { footer, originCells, originHeader, pairCells, pairHeader } from './footer.js';
import { markdownTable, plainCell } from './markdown.js';
import { metricCells, metricHeader } from './metric-columns.js';
import { meanAndDeviation } from './number-text.js';
import { detectorNamesOf, metricFinder, pairsOf, type RenderedTable, type Results } from './results.js';

/**
 * Tables 6 and 7: what perturbation and temperature bring to a detector, ROC-AUC.
 * @param name of the table
 * @param detector `G` or `SG`
 * @returns null where the results have no such detector
 */
export function ablationTable(results: Results, name: string, detector: string): RenderedTable | null {
  if (!detectorNamesOf(results.metrics).includes(detector)) return null;
  const { ablations } = detectorNamed(detector);
  const find = metricFinder(results.metrics);
  const pairs = pairsOf(results.metrics);
  const rows = pairs.map((pair, index) => [
    pairs[index - 1]?.model === pair.model ? '' : plainCell(pair.model),
    plainCell(pair.outlier),
    ...ablations.map((ablation) => {
      const row = find(pair, detector, ablation, 'auroc');
      return row === undefined ? '—' : meanAndDeviation(row.mean, row.deviation);
    }),
  ]);
  return {
    name,
    markdown: [
      `Table ${name.replace('table-', '')}: Ablation study for the ${detectorNamed(detector).title}. ROC-AUC values.`,
      markdownTable(['Model', 'Dataset', ...ablations.map((ablation) => heading(detector, ablation))], rows),
      `${footer(results)}\n`,
    ].join('\n\n'),
    csv: csv(
      ['model', 'outlier', ...ablations.flatMap(metricHeader), ...pairHeader, ...originHeader],
      pairs.map((pair) => [
        pair.model,
        pair.outlier,
        ...ablations.flatMap((ablation) => metricCells(find(pair, detector, ablation, 'auroc'))),
        ...pairCells(results, pair),
        ...originCells(results),
      ]),
    ),
  };
}

function heading(detector: string, ablation: Ablation): string {
  switch (ablation) {
    case 'vanilla':
      return `${detector}-vanilla`;
    case 'only-epsilon':
      return `${detector}-(only ε)`;
    case 'only-temperature':
      return `${detector}-(only T)`;
    case 'full':
      return detector;
  }
}
