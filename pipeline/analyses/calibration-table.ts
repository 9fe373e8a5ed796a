import { modelSections } from '../reduction/model-sections.js';
import { shownName, type Table, type TableCell } from '../tables/table.js';
import type { CalibrationRow } from './calibration-rows.js';

const columns = [
  { heading: 'ECE at T = 1, %', keys: ['eceAtOne'], unit: 'percent' },
  { heading: 'ECE at T of ECE, %', keys: ['ece'], unit: 'percent' },
  { heading: 'T of ECE', keys: ['temperature'], unit: 'number' },
  { heading: 'T for S', keys: ['temperatureForS'], unit: 'number' },
  { heading: 'T for G', keys: ['temperatureForG'], unit: 'number' },
  { heading: 'T for SG', keys: ['temperatureForSG'], unit: 'number' },
  { heading: 'Slope at T = 1', keys: ['slopeAtOne'], unit: 'number' },
] as const;

/** For each set the temperature of the lowest calibration error beside those of the largest ROC-AUC. */
export function calibrationTable(all: readonly CalibrationRow[]): readonly Table[] {
  if (all.length === 0) return [];
  return [
    {
      name: 'calibration',
      caption: [
        'Calibration at ε = 0: expected calibration error (ECE) over 15 bins of equally many labelled test images (section 4.1).',
        'T of ECE has the lowest ECE of the labelled validation images; T for S, G, SG the largest ROC-AUC by it alone of the',
        'validation images. Slope: of accuracy on confidence over the bins (figure 1); S as calibration wants it has 1.',
      ],
      figures: 'quantities',
      rowTitles: ['Dataset'],
      columns,
      sections: modelSections(all, (ofModel, model) => {
        const sets = [...new Set(ofModel.map(({ set }) => set))];
        return sets.map((set) => {
          const rows = ofModel.filter((row) => row.set === set);
          return {
            headings: [shownName(set)],
            keys: [model, set],
            cells: cellsOf(rows),
            best: null,
            details: [rows[0]?.validationImages ?? null, rows[0]?.images ?? null],
          };
        });
      }),
      notes: notesOn(all),
      data: {
        line: 'row',
        row: ['model', 'set'],
        column: ['figure'],
        value: 'value',
        cellDetails: [],
        rowDetails: ['validationImages', 'images'],
        table: [],
      },
      details: [],
    },
  ];
}

type Figure = 'validationEce' | 'validationAurocS' | 'validationAurocG' | 'validationAurocSG';

/** Of one set, by ascending temperature. */
function cellsOf(rows: readonly CalibrationRow[]): readonly TableCell[] {
  const atOne = rows.find(({ temperature }) => temperature === 1);
  const calibrated = bestOf(rows, (row) => negated(row.validationEce));
  const temperatureFor = (figure: Figure): number | null =>
    bestOf(rows, (row) => row[figure])?.temperature ?? null;
  const values = [
    atOne?.ece ?? null,
    calibrated?.ece ?? null,
    calibrated?.temperature ?? null,
    temperatureFor('validationAurocS'),
    temperatureFor('validationAurocG'),
    temperatureFor('validationAurocSG'),
    atOne?.slope ?? null,
  ];
  return values.map((value) => ({ value, spread: null, details: [] }));
}

/** The first of the rows whose figure is largest; null unless all have it: the best of a few temperatures is no choice. */
function bestOf(
  rows: readonly CalibrationRow[],
  figureOf: (row: CalibrationRow) => number | null,
): CalibrationRow | null {
  let best: { readonly row: CalibrationRow; readonly figure: number } | null = null;
  for (const row of rows) {
    const figure = figureOf(row);
    if (figure === null) return null;
    if (best === null || figure > best.figure) best = { row, figure };
  }
  return best?.row ?? null;
}

const negated = (value: number | null): number | null => (value === null ? null : -value);

function notesOn(rows: readonly CalibrationRow[]): readonly string[] {
  return [
    'As T grows every S nears 1 / classes: where a network is wrong with confidence, ECE chooses a large T (section 4.1).',
    ...(rows.some(({ validationEce, validationImages }) => validationEce === null && validationImages > 0)
      ? [
          'No T where validation images have no scores at ε = 0 and every T: a run with detector G or SG has them.',
        ]
      : []),
  ];
}
