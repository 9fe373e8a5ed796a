import { detectorNamed } from '../../stages/detectors/index.js';
import { auroc } from '../../stages/metrics/kinds/auroc.js';
import { shownName, type Table } from '../tables/table.js';
import { aurocTable } from './auroc-table.js';
import { belowChance } from './below-chance.js';
import type { ChosenMeasure } from './ensemble-table.js';
import { cellOf, detectorColumns } from './metric-table.js';
import { imagesOf } from './notes.js';
import { publishedEnsemble } from './published.js';
import type { Results } from './results.js';

const ensembleColumn = { heading: 'Ensemble', keys: ['Ensemble'] } as const;

/**
 * Table 5: ROC-AUC of every detector on every model and outlier set, and of every ensemble by the measure that was chosen
 * for the set, in a column before those of gradients as in the paper.
 */
export function comparisonTable(results: Results, ensembles: readonly ChosenMeasure[]): Table {
  const own = detectorColumns(results);
  const compared = aurocTable(results, 'table-5', 'Table 5: Comparison of detectors', own, 'compared');
  const table = { ...compared, notes: [...belowChance(results.metrics), ...compared.notes] };
  if (ensembles.length === 0) return table;
  const gradient = own.findIndex(({ detector }) => detectorNamed(detector).needsGradient);
  const at = gradient < 0 ? own.length : gradient;
  const inserted = <Item>(items: readonly Item[], item: Item): readonly Item[] =>
    items.toSpliced(at, 0, item);
  const rows = ensembles.map(({ ensemble, outlier, rows: metrics }) => {
    const row = metrics.find(({ metric }) => metric === auroc.name);
    const published = row && results.published?.auroc(row, publishedEnsemble, row.ablation);
    return {
      headings: [shownName(ensemble), shownName(outlier)],
      keys: [ensemble, outlier],
      cells: inserted(
        own.map(() => null),
        cellOf(row, published),
      ),
      best: auroc.best,
      details: imagesOf(results, { model: ensemble, outlier }),
    };
  });
  return {
    ...table,
    columns: inserted(table.columns, ensembleColumn),
    sections: [
      ...table.sections.map((section) => ({
        ...section,
        rows: section.rows.map((row) => ({ ...row, cells: inserted(row.cells, null) })),
      })),
      { title: 'Ensembles:', rows },
    ],
    notes: [
      `Measures of ensembles, chosen on validation images: ${ensembles
        .map(({ ensemble, outlier, measure }) => `${shownName(ensemble)} on ${shownName(outlier)} ${measure}`)
        .join(', ')}.`,
      ...table.notes,
    ],
  };
}
