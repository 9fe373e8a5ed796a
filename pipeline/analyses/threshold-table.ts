import { modelSections } from '../reduction/model-sections.js';
import { mainAblation } from '../reduction/results.js';
import { shownName, type Table, type TableCell } from '../tables/table.js';
import type { ThresholdRow } from './threshold-rows.js';

const columns = [
  { heading: 'δ', keys: ['threshold'], unit: 'number' },
  { heading: 'In-domain rejected, %', keys: ['inDomainRejected'], unit: 'percent' },
  { heading: 'Outliers rejected, %', keys: ['outlierRejected'], unit: 'percent' },
] as const;

/** Thresholds of each detector itself, its ablations left out, with what they reject. */
export function thresholdTable(all: readonly ThresholdRow[]): readonly Table[] {
  const rows = all.filter(({ detector, ablation }) => ablation === mainAblation(detector));
  const [first] = rows;
  if (first === undefined) return [];
  const least = Math.ceil(1 / first.alpha) - 1;
  const isShort = rows.some(({ threshold }) => threshold === Number.POSITIVE_INFINITY);
  return [
    {
      name: 'thresholds',
      caption: [
        `Thresholds δ(α) at α = ${first.alpha}: an image is rejected as out-of-domain where its score is larger.`,
        'δ is found on in-domain validation images, at the cell that was chosen for the set; 95 % intervals in brackets.',
      ],
      figures: 'quantities',
      rowTitles: ['Dataset', 'Detector'],
      columns,
      sections: modelSections(rows, (ofModel, model) =>
        ofModel.map((row) => ({
          headings: [shownName(row.outlier), row.detector],
          keys: [model, row.outlier, row.detector, row.epsilon, row.temperature].map(String),
          cells: cellsOf(row),
          best: null,
          details: [row.alpha, row.validationImages, row.inDomainImages, row.outlierImages],
        })),
      ),
      notes: isShort
        ? [`∞: α = ${first.alpha} takes at least ${least} in-domain validation images; nothing is rejected.`]
        : [],
      data: {
        line: 'row',
        row: ['model', 'outlier', 'detector', 'epsilon', 'temperature'],
        column: ['figure'],
        value: 'value',
        cellDetails: [],
        rowDetails: ['alpha', 'validationImages', 'inDomainImages', 'outlierImages'],
        table: [],
      },
      details: [],
    },
  ];
}

function cellsOf(row: ThresholdRow): readonly TableCell[] {
  const cell = (value: number, low: number, high: number): TableCell => ({
    value,
    spread: { deviation: null, low, high },
    details: [],
  });
  return [
    cell(row.threshold, row.thresholdLow, row.thresholdHigh),
    cell(row.inDomainRejected, row.inDomainRejectedLow, row.inDomainRejectedHigh),
    cell(row.outlierRejected, row.outlierRejectedLow, row.outlierRejectedHigh),
  ];
}
