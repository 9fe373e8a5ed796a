import { shownName, type Table } from '../tables/table.js';
import { leftOutNotes, origin, originNames } from './notes.js';
import type { Results } from './results.js';

/** Table 3: each model's accuracy on the in-domain test split and on the outlier sets whose classes it knows. */
export function accuracyTable(results: Results): Table {
  // Nothing is reported on what is only selected on.
  const accuracy = results.accuracy.filter(({ role }) => role !== 'validation');
  const models = [...new Set(accuracy.map((row) => row.model))];
  const sets = [...new Map(accuracy.map((row) => [row.set, row.role])).entries()];
  return {
    name: 'table-3',
    caption: ['Table 3: Accuracy on labelled test images, per cent (— where a set has no labels).'],
    figures: 'percentages',
    rowTitles: ['Model'],
    columns: sets.map(([set, role]) => ({
      heading: role === 'outlier' ? shownName(set) : `${shownName(set)} (${role})`,
      keys: [set, role],
    })),
    sections: [
      {
        title: null,
        rows: models.map((model) => ({
          headings: [shownName(model)],
          keys: [model],
          cells: sets.map(([set]) => {
            const row = accuracy.find((one) => one.model === model && one.set === set);
            if (row === undefined) return null;
            const details = [row.labelled, row.images, row.failed, row.validationFailed];
            return { value: row.accuracy, spread: null, details };
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
      column: ['set', 'role'],
      value: 'accuracy',
      cellDetails: ['labelled', 'images', 'failed', 'validationFailed'],
      rowDetails: [],
      table: originNames,
    },
    details: origin(results),
  };
}
