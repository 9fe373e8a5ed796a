import { auroc } from '../../stages/metrics/kinds/auroc.js';
import { fpr95 } from '../../stages/metrics/kinds/fpr95.js';
import type { PlannedExperiment } from '../experiment/experiment.js';
import { modelNamesOf } from '../reduction/results.js';
import { shownName, type Table, type TableCell, type TableSection } from '../tables/table.js';
import type { GroupMeanRow } from './group-mean-rows.js';

/** Others are in the rows. */
const shownMetrics = [auroc, fpr95] as const;

/** Means over groups and over all corruptions; over the severities of one only where there is nothing else. */
export function groupMeanTable(
  all: readonly GroupMeanRow[],
  { seed, resamplings }: Pick<PlannedExperiment, 'seed' | 'resamplings'>,
): readonly Table[] {
  const wide = all.filter(({ kind }) => kind !== 'corruption');
  const rows = wide.length > 0 ? wide : all;
  if (rows.length === 0) return [];
  const means = [...new Map(rows.map((row) => [keyOf(row), row])).values()];
  return [
    {
      name: 'group-means',
      caption: [
        'Means over outlier sets, unweighted within a group; over all corruptions each counts alike. The best of each column in bold.',
        'The interval is of these very sets: it says how the images that were drawn matter, not how other sets would.',
      ],
      figures: 'estimates',
      rowTitles: ['Detector'],
      columns: means.map((row) => ({ heading: headingOf(row), keys: [row.kind, row.name] })),
      sections: modelNamesOf(rows).flatMap((model) =>
        shownMetrics.map(({ name, title, best }): TableSection => {
          const shown = rows.filter((row) => row.model === model && row.metric === name);
          const detectors = [...new Set(shown.map(({ detector }) => detector))];
          return {
            title: `Model ${shownName(model)}, ${title}:`,
            best,
            rows: detectors.map((detector) => ({
              headings: [detector],
              keys: [model, name, detector],
              cells: means.map((mean) =>
                cellOf(shown.find((row) => row.detector === detector && keyOf(row) === keyOf(mean))),
              ),
              best: null,
              details: [],
            })),
          };
        }),
      ),
      notes: [
        `95 % intervals: percentiles over ${resamplings.interval} resamplings of photographs, drawn once for all sets.`,
        `Seed ${seed}.`,
      ],
      data: {
        line: 'cell',
        row: ['model', 'metric', 'detector'],
        column: ['kind', 'group'],
        value: 'value',
        cellDetails: ['sets'],
        rowDetails: [],
        table: [],
      },
      details: [],
    },
  ];
}

function keyOf({ kind, name }: GroupMeanRow): string {
  return JSON.stringify([kind, name]);
}

function headingOf({ kind, name, sets }: GroupMeanRow): string {
  const text = kind === 'all-corruptions' ? 'all corruptions' : shownName(name);
  return `${text} (${sets} sets)`;
}

function cellOf(row: GroupMeanRow | undefined): TableCell | null {
  if (row === undefined) return null;
  const { value, low, high, sets } = row;
  return { value, spread: { deviation: null, low, high }, details: [sets] };
}
