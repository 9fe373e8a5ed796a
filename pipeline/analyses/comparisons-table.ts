import { normalQuantile } from '../../stages/distributions/normal.js';
import { modelSections } from '../reduction/model-sections.js';
import { besideMarks, levelMark, untestedMark } from '../tables/figure-text.js';
import { shownName, type Table, type TableCell } from '../tables/table.js';
import type { ComparisonRow } from './comparison-rows.js';
import type { Spectrum } from './spectrum.js';

const columns = [
  { heading: 'ROC-AUC', keys: ['auroc'] },
  { heading: 'Best less this', keys: ['difference'] },
  { heading: 'p', keys: ['p'] },
  { heading: 'p, adjusted', keys: ['adjustedP'] },
] as const;

/** The best detector of each model and outlier set against each other one. */
export function comparisonTable(
  rows: readonly ComparisonRow[],
  { suffix, title }: Spectrum,
): readonly Table[] {
  if (rows.length === 0) return [];
  const isShared = rows.some(
    ({ photographs, inDomainImages, outlierImages }) => photographs < inDomainImages + outlierImages,
  );
  const isUntested = rows.some(({ verdict }) => verdict === 'untested');
  return [
    {
      name: `comparisons${suffix}`,
      caption: [
        `${title}The detector with the largest ROC-AUC on each model and outlier set against each other one, on the same test images:`,
        'paired test of DeLong et al., two-sided; p adjusted by Holm over the tests of the set. 95 % intervals in brackets.',
      ],
      figures: 'quantities',
      rowTitles: ['Dataset', 'Best', 'Detector'],
      columns,
      sections: modelSections(rows, (ofModel, model) =>
        ofModel.map((row) => ({
          headings: [
            shownName(row.outlier),
            row.best,
            row.verdict === 'worse' ? row.detector : `${row.detector} ${besideMarks[row.verdict]}`,
          ],
          keys: [model, row.outlier, row.best, row.detector],
          cells: cellsOf(row),
          best: null,
          details: [row.verdict, row.inDomainImages, row.outlierImages, row.photographs],
        })),
      ),
      notes: [
        `${levelMark}: can't be told from the best (adjusted p > 0.05).`,
        ...(isShared
          ? ['Where images share photographs the variance is the clustered one (Obuchowski).']
          : []),
        ...(isUntested
          ? [`${untestedMark}: no test, as the images don't tell how the two differ from image to image.`]
          : []),
      ],
      data: {
        line: 'row',
        row: ['model', 'outlier', 'best', 'detector'],
        column: ['figure'],
        value: 'value',
        cellDetails: [],
        rowDetails: ['verdict', 'inDomainImages', 'outlierImages', 'photographs'],
        table: [],
      },
      details: [],
    },
  ];
}

function cellsOf({ auroc, difference, standardError, p, adjustedP }: ComparisonRow): readonly TableCell[] {
  const half = standardError === null ? null : normalQuantile(0.975) * standardError;
  return [
    { value: auroc, spread: null, details: [] },
    {
      value: difference,
      spread: half ? { deviation: null, low: difference - half, high: difference + half } : null,
      details: [],
    },
    { value: p, spread: null, details: [] },
    { value: adjustedP, spread: null, details: [] },
  ];
}
