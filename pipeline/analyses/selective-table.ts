import { detectorNamed } from '../../stages/detectors/index.js';
import { ensembleDetectors } from '../../stages/ensembles/detectors.js';
import { type SelectiveMetricName, selectiveMetrics } from '../../stages/selective/kinds/index.js';
import type { PlannedExperiment } from '../experiment/experiment.js';
import { detectorNamesOf, pairsOf } from '../reduction/results.js';
import { shownName, type Table, type TableCell, type TableRow, type TableSection } from '../tables/table.js';
import type { SelectiveRow } from './selective-rows.js';

/** A line of the table: a metric, and whether outliers count as failures. */
interface Line {
  readonly heading: string;
  readonly name: SelectiveMetricName;
  readonly failures: 'wrong' | 'wrong-or-outlier';
  readonly best: 'largest' | 'smallest';
}

const lines: readonly Line[] = (['wrong', 'wrong-or-outlier'] as const).flatMap((failures) =>
  selectiveMetrics
    .filter((metric) => metric.failures.some((one) => one === failures))
    .map(({ name, title, best }) => {
      return { heading: failures === 'wrong' ? title : `${title}, outliers too`, name, failures, best };
    }),
);

/** The metrics of selective prediction, of models and, with measures in place of detectors, of ensembles. */
export function selectiveTables(
  all: readonly SelectiveRow[],
  { ensembles = [] }: Pick<PlannedExperiment, 'ensembles'>,
): readonly Table[] {
  const names = new Set(ensembles.map(({ name }) => name));
  const ofModels = all.filter(({ model }) => !names.has(model));
  const ofEnsembles = all.filter(({ model }) => names.has(model));
  return [
    ...tablesOf('selective', 'Accepted or refused', ofModels),
    ...tablesOf('selective-ensembles', 'Accepted or refused by ensembles', ofEnsembles),
  ];
}

function tablesOf(name: string, subject: string, rows: readonly SelectiveRow[]): readonly Table[] {
  if (rows.length === 0) return [];
  const detectors = detectorNamesOf(rows);
  const sections = pairsOf(rows).map(({ model, outlier }): TableSection => {
    const ofPair = rows.filter((row) => row.model === model && row.outlier === outlier);
    const present = lines.filter((line) => ofPair.some((row) => row.metric === line.name));
    return {
      title: `Model ${shownName(model)}, ${shownName(outlier)} as outliers:`,
      rows: present.map((line) => rowOf(line, ofPair, detectors)),
    };
  });
  return [
    {
      name,
      caption: [
        `${subject}: a failure is a wrong prediction (ε = 0) of a labelled in-domain test image that is accepted, in the lines`,
        'with “outliers too” also an outlier that is. The best of each row in bold: the largest OSCR, the smallest of the others.',
      ],
      figures: 'quantities',
      rowTitles: ['Metric'],
      columns: detectors.map((detector) => ({ heading: titleOf(detector), keys: [detector] })),
      sections,
      notes: [
        '95 % intervals in brackets: percentiles over the resamplings of the other metrics.',
        'OSCR is told of sets of new classes alone: those without labels that are of no corruption.',
      ],
      data: {
        line: 'row',
        row: ['model', 'outlier', 'metric', 'failures'],
        column: ['detector'],
        value: 'value',
        cellDetails: ['deviation', 'epsilon', 'temperature'],
        rowDetails: ['labelled', 'wrong', 'outlierImages'],
        table: [],
      },
      details: [],
    },
  ];
}

function rowOf(line: Line, rows: readonly SelectiveRow[], detectors: readonly string[]): TableRow {
  const [first] = rows;
  return {
    headings: [line.heading],
    keys: [first?.model ?? '', first?.outlier ?? '', line.name, line.failures],
    cells: detectors.map((detector) => {
      const row = rows.find((one) => one.detector === detector && one.metric === line.name);
      return row === undefined ? null : cellOf(row, line);
    }),
    best: line.best,
    details: [first?.labelled ?? null, first?.wrong ?? null, first?.outlierImages ?? null],
  };
}

function cellOf(row: SelectiveRow, { failures }: Line): TableCell {
  const { epsilon, temperature } = row;
  const [value, deviation, low, high] =
    failures === 'wrong'
      ? [row.value, row.deviation, row.low, row.high]
      : [row.valueWithOutliers, row.deviationWithOutliers, row.lowWithOutliers, row.highWithOutliers];
  return {
    value,
    spread: low === null || high === null ? null : { deviation, low, high },
    details: [deviation, epsilon, temperature],
  };
}

function titleOf(detector: string): string {
  const measure = ensembleDetectors.find(({ name }) => name === detector);
  return (measure ?? detectorNamed(detector)).title;
}
