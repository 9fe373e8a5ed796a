import { paperMetrics } from '../../stages/metrics/kinds/index.js';
import type { SetGroup } from '../experiment/experiment.js';
import {
  shownName,
  type Table,
  type TableCell,
  type TableColumn,
  type TableSection,
} from '../tables/table.js';
import { meanOf } from './mean.js';
import { detectorColumns } from './metric-table.js';
import { leftOutNotes, origin, originNames } from './notes.js';
import type { MetricRow } from './result-rows.js';
import { metricFinder, modelNamesOf, type Results } from './results.js';

/** A set of a group, or the mean over its sets. */
interface GroupColumn {
  readonly group: string;
  /** Null for the mean. */
  readonly set: string | null;
  readonly sets: readonly string[];
}

/** With more sets than this the table would be too wide to read: then it has means alone, and the sets are in table 5. */
const mostSets = 12;

/**
 * Groups of outlier sets as OpenOOD reports them: a column for each set and one for the unweighted mean of the group, detectors
 * as rows, the paper's metrics. Full-spectrum metrics follow where there are any.
 * @returns null where there are no groups
 */
export function groupTable(results: Results, groups: readonly SetGroup[]): Table | null {
  if (groups.length === 0) return null;
  const showsSets = groups.reduce((sum, { sets }) => sum + sets.length, 0) <= mostSets;
  const columns = groups.flatMap(({ name: group, sets }): GroupColumn[] => [
    ...(showsSets ? sets.map((set) => ({ group, set, sets: [set] })) : []),
    { group, set: null, sets },
  ]);
  const sections = [
    ...sectionsOf(results, results.metrics, 'in-domain', columns),
    ...sectionsOf(results, results.fullSpectrum, 'full-spectrum', columns),
  ];
  return {
    name: 'groups',
    caption: [
      `Groups of outlier sets: ${groups.map(({ name, sets }) => `${shownName(name)} (${sets.length} sets)`).join(', ')}.`,
      'Means are unweighted, over the sets of a group; the best of each column in bold. Intervals of each set are in table 4.',
    ],
    figures: 'estimates',
    rowTitles: ['Detector'],
    columns: columns.map(({ group, set }): TableColumn => {
      return {
        heading: set === null ? `${shownName(group)} (mean)` : shownName(set),
        keys: [group, set ?? 'mean'],
      };
    }),
    sections,
    notes: leftOutNotes(results),
    data: {
      line: 'cell',
      row: ['spectrum', 'model', 'metric', 'detector'],
      column: ['group', 'set'],
      value: 'value',
      cellDetails: ['sets'],
      rowDetails: [],
      table: originNames,
    },
    details: origin(results),
  };
}

function sectionsOf(
  results: Results,
  rows: readonly MetricRow[],
  spectrum: 'in-domain' | 'full-spectrum',
  columns: readonly GroupColumn[],
): TableSection[] {
  const find = metricFinder(rows);
  const detectors = detectorColumns(results);
  return modelNamesOf(rows).flatMap((model) =>
    paperMetrics.map(({ name, title, best }): TableSection => {
      return {
        title: `Model ${shownName(model)}, ${title}${spectrum === 'in-domain' ? '' : ', full spectrum'}:`,
        best,
        rows: detectors.map(({ heading, detector, ablation }) => ({
          headings: [heading],
          keys: [spectrum, model, name, detector],
          cells: columns.map(({ sets }): TableCell | null => {
            const found = sets.map((outlier) => find({ model, outlier }, detector, ablation, name));
            const value = meanOf(found.map((row) => row?.value ?? null));
            return value === null ? null : { value, spread: null, details: [sets.length] };
          }),
          best: null,
          details: [],
        })),
      };
    }),
  );
}
