import { shownName, type Table } from '../tables/table.js';
import { leftOutNotes, origin, originNames } from './notes.js';
import type { AccuracyRow } from './result-rows.js';
import { modelNamesOf, type Results } from './results.js';

/** A set, and the number of its own classes where only they may be predicted. */
interface AccuracyColumn extends Pick<AccuracyRow, 'set' | 'role'> {
  readonly own: number | null;
}

function headingOf(set: string, role: AccuracyRow['role'], own: number | null): string {
  const notes = [
    ...(role === 'outlier' ? [] : [role]),
    ...(own === null ? [] : [`among its ${own} classes`]),
  ];
  return notes.length === 0 ? set : `${set} (${notes.join(', ')})`;
}

/** Table 3: each model's accuracy on the in-domain test split and on the outlier sets whose classes it knows. */
export function accuracyTable(results: Results): Table {
  // Nothing is reported on what is only selected on.
  const accuracy = results.accuracy.filter(({ role }) => role !== 'validation');
  const models = modelNamesOf(accuracy);
  const sets = [...new Map(accuracy.map((row) => [row.set, row])).values()];
  const columns = sets.flatMap(({ set, role, ownClasses }): readonly AccuracyColumn[] => [
    { set, role, own: null },
    ...(ownClasses === null ? [] : [{ set, role, own: ownClasses }]),
  ]);
  return {
    name: 'table-3',
    caption: ['Table 3: Accuracy on labelled test images, per cent (— where a set has no labels).'],
    figures: 'percentages',
    rowTitles: ['Model'],
    columns: columns.map(({ set, role, own }) => ({
      heading: headingOf(shownName(set), role, own),
      keys: [set, role, own === null ? 'all' : String(own)],
    })),
    sections: [
      {
        title: null,
        rows: models.map((model) => ({
          headings: [shownName(model)],
          keys: [model],
          cells: columns.map(({ set, own }) => {
            const row = accuracy.find((one) => one.model === model && one.set === set);
            if (row === undefined) return null;
            const details = [row.labelled, row.images, row.failed, row.validationFailed];
            const published = own === null ? results.published?.accuracy(row) : null;
            return {
              value: own === null ? row.accuracy : row.accuracyAmongOwn,
              spread: null,
              details,
              ...(published && { published }),
            };
          }),
          best: null,
          details: [],
        })),
      },
    ],
    notes: leftOutNotes(results),
    data: {
      line: 'cell',
      row: ['model'],
      column: ['set', 'role', 'classes'],
      value: 'accuracy',
      cellDetails: ['labelled', 'images', 'failed', 'validationFailed'],
      rowDetails: [],
      table: originNames,
    },
    details: origin(results),
  };
}
