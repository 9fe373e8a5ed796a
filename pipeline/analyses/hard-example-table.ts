import { modelSections } from '../reduction/model-sections.js';
import { type Published, type PublishedExperiment, publishedOf } from '../reduction/published.js';
import { withPublishedNotes } from '../reduction/published-notes.js';
import { isCompared, shownName, type Table, type TableCell } from '../tables/table.js';
import type { HardExampleRow } from './hard-example-rows.js';

const columns = [
  { heading: 'S from', keys: ['lowS'], unit: 'number' },
  { heading: 'S to', keys: ['highS'], unit: 'number' },
  { heading: 'In-domain images', keys: ['inDomainImages'], unit: 'number' },
  { heading: 'Outliers', keys: ['outlierImages'], unit: 'number' },
  { heading: 'ROC-AUC of S', keys: ['aurocS'], unit: 'number' },
  { heading: 'ROC-AUC of G', keys: ['aurocG'], unit: 'number' },
] as const;

/** What S and G make of those images that S can hardly tell apart. */
export function hardExampleTable(
  all: readonly HardExampleRow[],
  experiment: PublishedExperiment,
): readonly Table[] {
  if (all.length === 0) return [];
  const published = publishedOf(experiment);
  const table = withPublishedNotes({
    name: 'hard-examples',
    caption: [
      'Hard examples: test images in the window of S that holds half of the validation images and separates them worst (section',
      '4.2), with ROC-AUC of S, ranked by log-odds, and of G there; 95 % intervals in brackets.',
    ],
    figures: 'quantities',
    rowTitles: ['Dataset'],
    columns,
    sections: modelSections(all, (ofModel, model) =>
      ofModel.map((row) => ({
        headings: [shownName(row.outlier)],
        keys: [model, row.outlier],
        cells: cellsOf(row, published),
        best: null,
        details: [row.epsilon, row.temperature, row.validationAurocS, row.validationAurocG],
      })),
    ),
    notes: [
      'Images chosen for how badly S ranks them favour whatever ranks otherwise: G is not compared with S fairly here, only asked ' +
        'whether it tells anything that S does not.',
    ],
    data: {
      line: 'row',
      row: ['model', 'outlier'],
      column: ['figure'],
      value: 'value',
      cellDetails: [],
      rowDetails: ['epsilon', 'temperature', 'validationAurocS', 'validationAurocG'],
      table: [],
    },
    details: [],
  });
  return [
    isCompared(table)
      ? {
          ...table,
          notes: [
            ...table.notes,
            "The paper's figure 2 does not say of which of its networks it is; it stands beside each.",
          ],
        }
      : table,
  ];
}

function cellsOf(row: HardExampleRow, published: Published): readonly TableCell[] {
  const plain = (value: number): TableCell => ({ value, spread: null, details: [] });
  const estimate = (
    value: number | null,
    deviation: number | null,
    low: number | null,
    high: number | null,
    by: 'S' | 'G',
  ): TableCell => {
    const found =
      value === null || deviation === null ? null : published.hardExamples(row, by, { value, deviation });
    return {
      value,
      spread: low === null || high === null ? null : { deviation, low, high },
      details: [],
      ...(found && { published: found }),
    };
  };
  return [
    plain(row.lowS),
    plain(row.highS),
    plain(row.inDomainImages),
    plain(row.outlierImages),
    estimate(row.aurocS, row.aurocSDeviation, row.aurocSLow, row.aurocSHigh, 'S'),
    estimate(row.aurocG, row.aurocGDeviation, row.aurocGLow, row.aurocGHigh, 'G'),
  ];
}
