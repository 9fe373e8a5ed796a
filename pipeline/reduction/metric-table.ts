import type { Ablation } from '../../stages/cells.js';
import { detectorNamed } from '../../stages/detectors/index.js';
import { auroc } from '../../stages/metrics/kinds/auroc.js';
import type { MetricName } from '../../stages/metrics/kinds/index.js';
import type { Metric } from '../../stages/metrics/kinds/metric.js';
import { levelMark, untestedMark } from '../tables/figure-text.js';
import type { PublishedFigure, Table, TableCell, TableRow, TableSection } from '../tables/table.js';
import { imageNames, imagesOf, metricNotes, origin, originNames } from './notes.js';
import type { MetricRow } from './result-rows.js';
import {
  detectorNamesOf,
  type FindMetric,
  type FindVerdict,
  type ModelOutlierPair,
  mainAblation,
  type Results,
} from './results.js';

/** A detector or one of its ablations, as a column. */
export interface DetectorColumn {
  readonly heading: string;
  /** In data, before the dot. */
  readonly key: string;
  readonly detector: string;
  readonly ablation: Ablation;
}

/** A column for every detector that has metrics. */
export function detectorColumns({ metrics }: Results): readonly DetectorColumn[] {
  return detectorNamesOf(metrics).map((detector) => ({
    heading: detectorNamed(detector).title,
    key: detector,
    detector,
    ablation: mainAblation(detector),
  }));
}

/** What is particular to one table of metrics. */
export interface MetricTable {
  readonly name: string;
  readonly caption: readonly string[];
  readonly columns: readonly DetectorColumn[];
  readonly rowTitles: readonly string[];
  /** Names of the rows' keys in data. */
  readonly rowNames: readonly string[];
  readonly sections: readonly TableSection[];
}

/** A table of estimates, detectors or their ablations as columns. */
export function metricTable(results: Results, table: MetricTable): Table {
  const { name, caption, rowTitles, columns, sections, rowNames } = table;
  return {
    name,
    caption,
    figures: 'estimates',
    rowTitles,
    columns: columns.map(({ heading, key }) => ({ heading, keys: [key] })),
    sections,
    notes: [...verdictNotes(results, sections), ...metricNotes(results)],
    data: {
      line: 'row',
      row: rowNames,
      column: ['detector'],
      value: 'value',
      cellDetails,
      rowDetails: imageNames,
      table: originNames,
    },
    details: origin(results),
  };
}

/** What the marks say of detectors that the paired test does not tell from the best. */
function verdictNotes({ inDomainRoles }: Results, sections: readonly TableSection[]): readonly string[] {
  const tested = inDomainRoles === undefined ? 'comparisons' : 'comparisons-full-spectrum';
  const has = (beside: TableCell['beside']): boolean =>
    sections.some(({ rows }) => rows.some(({ cells }) => cells.some((cell) => cell?.beside === beside)));
  return [
    ...(has('level')
      ? [`${levelMark}: the paired test can't tell it from the best of the row (table ${tested}).`]
      : []),
    ...(has('untested')
      ? [
          `${untestedMark}: not tested against the best of the row, as the images don't tell how the two differ from image to image (table ${tested}).`,
        ]
      : []),
  ];
}

// The resamples' mean, which no shown table has, and the cell of the grid.
const cellDetails = ['mean', 'epsilon', 'temperature'] as const satisfies readonly (keyof MetricRow)[];

/**
 * One metric of one model and outlier set, by the columns of a table: its cells, which are best, and its images.
 * @param verdictOf tells of ROC-AUCs what the paired test says; null where columns are no detectors that were compared
 */
export function metricRow(
  results: Results,
  find: FindMetric,
  pair: ModelOutlierPair,
  { name, best }: Metric & { readonly name: MetricName },
  columns: readonly DetectorColumn[],
  verdictOf: FindVerdict | null = null,
): Pick<TableRow, 'cells' | 'best' | 'details'> {
  return {
    cells: columns.map(({ detector, ablation }) => {
      const row = find(pair, detector, ablation, name);
      const isAuroc = row !== undefined && name === auroc.name;
      const cell = cellOf(row, isAuroc ? results.published?.auroc(row, detector, ablation) : null);
      const verdict = isAuroc ? verdictOf?.(pair, detector) : undefined;
      return cell !== null && (verdict === 'level' || verdict === 'untested')
        ? { ...cell, beside: verdict }
        : cell;
    }),
    best,
    details: imagesOf(results, pair),
  };
}

/**
 * A metric row as a cell of a table of metrics.
 * @param published what the paper has in its place
 */
export function cellOf(
  row: MetricRow | undefined,
  published?: PublishedFigure | null | undefined,
): TableCell | null {
  if (row === undefined) return null;
  const { value, deviation, low, high } = row;
  return {
    value,
    spread: { deviation, low, high },
    details: cellDetails.map((name) => row[name]),
    ...(published && { published }),
  };
}
