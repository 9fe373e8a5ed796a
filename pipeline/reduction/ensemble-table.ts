import { ensembleDetectors } from '../../stages/ensembles/detectors.js';
import { ensembleMeasures } from '../../stages/ensembles/measures.js';
import { auroc } from '../../stages/metrics/kinds/auroc.js';
import type { PublishedFigure, Table } from '../tables/table.js';
import { aurocTable } from './auroc-table.js';
import { belowChance } from './below-chance.js';
import { publishedEnsemble } from './published.js';
import type { MetricRow } from './result-rows.js';
import type { Results } from './results.js';

/** The rows of the measure that was chosen for an ensemble and an outlier set. */
export interface ChosenMeasure {
  readonly ensemble: string;
  readonly outlier: string;
  readonly measure: string;
  readonly rows: readonly MetricRow[];
}

/** The measure with the largest ROC-AUC on validation images, of equal ones the first, for each ensemble and outlier set. */
export function chosenMeasures(
  { metrics, selection }: Results,
  ensembles: ReadonlySet<string>,
): readonly ChosenMeasure[] {
  const best = new Map<string, { measure: string; auroc: number; model: string; outlier: string }>();
  for (const { model, outlier, detector, validationAuroc } of selection) {
    if (!ensembles.has(model)) continue;
    const key = JSON.stringify([model, outlier]);
    const before = best.get(key);
    if (before === undefined || validationAuroc > before.auroc)
      best.set(key, { measure: detector, auroc: validationAuroc, model, outlier });
  }
  return Array.from(best.values(), ({ measure, model, outlier }) => ({
    ensemble: model,
    outlier,
    measure,
    rows: metrics.filter((row) => row.model === model && row.outlier === outlier && row.detector === measure),
  }));
}

/**
 * ROC-AUC of every measure of every ensemble.
 * @returns null where there are no ensembles
 */
export function ensembleTable(results: Results, ensembles: ReadonlySet<string>): Table | null {
  const metrics = results.metrics.filter(({ model }) => ensembles.has(model));
  if (metrics.length === 0) return null;
  const columns = ensembleDetectors.map(({ name, title }) => ({
    heading: title,
    key: name,
    detector: name,
    ablation: 'vanilla' as const,
  }));
  const measures = ensembleMeasures.map(({ name, title }) => (name === title ? name : `${name} ${title}`));
  const table = aurocTable(
    { ...results, metrics },
    'ensembles',
    `Ensembles by each measure (in data ${measures.join(', ')})`,
    columns,
    'compared',
  );
  return {
    ...table,
    sections: withPublished(table, results, chosenMeasures(results, ensembles)),
    notes: [...belowChance(metrics), ...table.notes],
  };
}

/** The paper's ensemble is by the measure that was best, which it does not name: it stands beside the one that was chosen here. */
function withPublished(
  { sections, columns }: Table,
  { published }: Results,
  chosen: readonly ChosenMeasure[],
): Table['sections'] {
  const figureOf = (keys: readonly string[], at: number): PublishedFigure | null => {
    const found = chosen.find(({ ensemble, outlier }) => ensemble === keys[0] && outlier === keys[1]);
    const row = found?.rows.find(({ metric }) => metric === auroc.name);
    if (row === undefined || columns[at]?.keys[0] !== found?.measure) return null;
    return published?.auroc(row, publishedEnsemble, row.ablation) ?? null;
  };
  return sections.map((section) => ({
    ...section,
    rows: section.rows.map((row) => ({
      ...row,
      cells: row.cells.map((cell, at) => {
        const figure = cell && figureOf(row.keys, at);
        return cell && figure ? { ...cell, published: figure } : cell;
      }),
    })),
  }));
}
