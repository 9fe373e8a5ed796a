import { modelSections } from '../reduction/model-sections.js';
import { mainAblation, modelNamesOf } from '../reduction/results.js';
import { shownName, type Table, type TableCell, type TableSection } from '../tables/table.js';
import type { StabilityRow } from './stability-rows.js';

type Choice = StabilityRow['choice'];

const columns = [
  { heading: 'ROC-AUC, own choice', keys: ['ownSet'] },
  { heading: 'Lost, chosen on other sets', keys: ['otherSetsLost'] },
  { heading: 'Lost, one setting for all', keys: ['allSetsLost'] },
] as const;

/** What each detector itself loses by ε and T that were not chosen for the set, its ablations left out. */
export function stabilityTable(all: readonly StabilityRow[]): readonly Table[] {
  const rows = all.filter(({ detector, ablation }) => ablation === mainAblation(detector));
  if (rows.length === 0) return [];
  const models = modelNamesOf(rows);
  return [
    {
      name: 'stability',
      caption: [
        'Stability of ε and T: validation ROC-AUC where they are chosen for the set, and what is lost of it where they are',
        'chosen on the other sets alone (largest mean ROC-AUC), or as one setting for all sets.',
      ],
      figures: 'quantities',
      rowTitles: ['Dataset', 'Detector'],
      columns,
      sections: modelSections(rows, rowsOf),
      notes: [
        'All figures are of validation images, on which the choice for the set is optimistic; so is what the others lose to it.',
        ...models.map((model) => `One setting, ${shownName(model)}: ${settings(rows, model)}.`),
        ...(rows.filter(of('own-set')).length === rows.filter(of('other-sets')).length
          ? []
          : ['—: every other choice is made on images of the same sets.']),
      ],
      data: {
        line: 'row',
        row: ['model', 'outlier', 'detector'],
        column: ['figure'],
        value: 'value',
        cellDetails: ['epsilon', 'temperature', 'meanAuroc', 'pools', 'testAuroc'],
        rowDetails: [],
        table: [],
      },
      details: [],
    },
  ];
}

function of(choice: Choice): (row: StabilityRow) => boolean {
  return (row) => row.choice === choice;
}

/** A row for each set and detector, in their order. */
function rowsOf(rows: readonly StabilityRow[]): TableSection['rows'] {
  const find = ({ outlier, detector }: StabilityRow, choice: Choice): StabilityRow | undefined =>
    rows.find((row) => row.outlier === outlier && row.detector === detector && row.choice === choice);
  return rows.filter(of('own-set')).map((own) => ({
    headings: [shownName(own.outlier), own.detector],
    keys: [own.model, own.outlier, own.detector],
    cells: [
      cellOf(own, 'validationAuroc'),
      cellOf(find(own, 'other-sets'), 'lost'),
      cellOf(find(own, 'all-sets'), 'lost'),
    ],
    best: null,
    details: [],
  }));
}

function cellOf(row: StabilityRow | undefined, figure: 'validationAuroc' | 'lost'): TableCell | null {
  if (row === undefined) return null;
  const { epsilon, temperature, meanAuroc, pools, testAuroc } = row;
  return { value: row[figure], spread: null, details: [epsilon, temperature, meanAuroc, pools, testAuroc] };
}

/** The one setting of each detector. */
function settings(rows: readonly StabilityRow[], model: string): string {
  const ofAll = rows.filter((row) => row.model === model && row.choice === 'all-sets');
  const byDetector = new Map(
    ofAll.map(({ detector, epsilon, temperature }) => [
      detector,
      `${detector} ε = ${epsilon}, T = ${temperature}`,
    ]),
  );
  return [...byDetector.values()].join('; ');
}
