import { extraCorruptions } from '../../manifests/corruptions.js';
import { auroc } from '../../stages/metrics/kinds/auroc.js';
import type { ExperimentSet } from '../experiment/experiment.js';
import { shownName, type Table, type TableCell, type TableRow, type TableSection } from '../tables/table.js';
import { meanOf } from './mean.js';
import { detectorColumns } from './metric-table.js';
import { leftOutNotes, origin, originNames } from './notes.js';
import { metricFinder, modelNamesOf, type Results } from './results.js';

/** Outlier sets by corruption and severity. */
interface CorruptionMatrix {
  readonly corruptions: readonly string[];
  /** Ascending. */
  readonly severities: readonly number[];
  /** The name of the set of a cell. */
  readonly set: (corruption: string, severity: number) => string | undefined;
}

/**
 * What each corruption does at each severity: ROC-AUC of every detector, and accuracy where the sets have labels. Means are
 * unweighted, first over severities and then over corruptions; those that ImageNet-C keeps for validation stand below the
 * mean, uncounted, as in its paper.
 * @returns nothing where no set says which corruption it is of
 */
export function corruptionTables(results: Results, outliers: readonly ExperimentSet[]): readonly Table[] {
  const matrix = matrixOf(outliers);
  if (matrix === null) return [];
  const isLabelled = results.accuracy.some(
    ({ set, accuracy }) =>
      accuracy !== null && outliers.some(({ name, corruption }) => name === set && corruption),
  );
  return [aurocMatrix(results, matrix), ...(isLabelled ? [accuracyMatrix(results, matrix)] : [])];
}

function matrixOf(outliers: readonly ExperimentSet[]): CorruptionMatrix | null {
  const sets = new Map<string, string>();
  const corruptions = new Set<string>();
  const severities = new Set<number>();
  for (const { name, corruption, severity } of outliers) {
    if (corruption === undefined || severity === undefined) continue;
    corruptions.add(corruption);
    severities.add(severity);
    sets.set(`${corruption}/${severity}`, name);
  }
  if (sets.size === 0) return null;
  return {
    corruptions: [...corruptions],
    severities: [...severities].sort((a, b) => a - b),
    set: (corruption, severity) => sets.get(`${corruption}/${severity}`),
  };
}

function aurocMatrix(results: Results, matrix: CorruptionMatrix): Table {
  const find = metricFinder(results.metrics);
  const sections = modelNamesOf(results.metrics).flatMap((model) =>
    detectorColumns(results).map(({ heading, detector, ablation }): TableSection => {
      const shownOf = (outlier: string) =>
        find({ model, outlier }, detector, ablation, auroc.name)?.value ?? null;
      return {
        title: `Model ${shownName(model)}, ${heading}:`,
        rows: rowsOf(matrix, [model, detector], shownOf, (values) => [meanOf(values)]),
      };
    }),
  );
  return {
    ...common(results, matrix, ['model', 'detector'], ['mean']),
    name: 'corruptions',
    caption: [`Corruptions by severity: ${auroc.title}. Intervals of each set are in table 5.`],
    figures: 'estimates',
    sections,
  };
}

function accuracyMatrix(results: Results, matrix: CorruptionMatrix): Table {
  const { accuracy } = results;
  const of = (model: string, name: string) =>
    accuracy.find((row) => row.model === model && row.set === name)?.accuracy ?? null;
  const sections = modelNamesOf(accuracy).map((model): TableSection => {
    const clean = accuracy.find((row) => row.model === model && row.role === 'in-domain')?.accuracy ?? null;
    const drop = (mean: number | null) => (clean === null || mean === null ? null : clean - mean);
    return {
      title: `Model ${shownName(model)}:`,
      rows: rowsOf(
        matrix,
        [model],
        (set) => of(model, set),
        (values) => {
          const mean = meanOf(values);
          return [mean, drop(mean)];
        },
      ),
    };
  });
  return {
    ...common(results, matrix, ['model'], ['mean', 'relative']),
    name: 'corruptions-accuracy',
    caption: [
      'Corruptions by severity: accuracy on labelled test images, per cent.',
      'The last column is what is lost of the accuracy on clean in-domain test images, on the mean over severities.',
    ],
    figures: 'percentages',
    sections,
  };
}

function common(
  results: Results,
  { severities }: CorruptionMatrix,
  row: readonly string[],
  means: readonly string[],
): Pick<Table, 'rowTitles' | 'columns' | 'notes' | 'data' | 'details'> {
  return {
    rowTitles: ['Corruption'],
    columns: [
      ...severities.map((severity) => ({ heading: `severity ${severity}`, keys: [String(severity)] })),
      ...means.map((name) => ({ heading: name === 'relative' ? 'clean − mean' : name, keys: [name] })),
    ],
    notes: leftOutNotes(results),
    data: {
      line: 'cell',
      row: [...row, 'corruption'],
      column: ['severity'],
      value: 'value',
      cellDetails: [],
      rowDetails: [],
      table: originNames,
    },
    details: origin(results),
  };
}

/** A row a corruption, the mean of each column below them, and the extra corruptions below that. */
function rowsOf(
  { corruptions, severities, set }: CorruptionMatrix,
  keys: readonly string[],
  shownOf: (set: string) => number | null,
  meansOf: (values: readonly (number | null)[]) => readonly (number | null)[],
): TableRow[] {
  const valuesOf = (corruption: string): readonly (number | null)[] => {
    const values = severities.map((severity) => {
      const name = set(corruption, severity);
      return name === undefined ? null : shownOf(name);
    });
    return [...values, ...meansOf(values)];
  };
  const rowOf = (name: string, values: readonly (number | null)[]): TableRow => ({
    headings: [name],
    keys: [...keys, name],
    cells: values.map((value): TableCell => ({ value, spread: null, details: [] })),
    best: null,
    details: [],
  });
  const isExtra = (name: string) => extraCorruptions.includes(name);
  const counted = corruptions.every(isExtra) ? corruptions : corruptions.filter((name) => !isExtra(name));
  const all = counted.map(valuesOf);
  const mean = (all[0] ?? []).map((_, column) => meanOf(all.map((values) => values[column] ?? null)));
  return [
    ...counted.map((name, index) => rowOf(shownName(name), all[index] ?? [])),
    rowOf(`mean (${counted.length})`, mean),
    ...corruptions
      .filter((name) => !counted.includes(name))
      .map((name) => rowOf(shownName(name), valuesOf(name))),
  ];
}
