import { auroc } from '../../stages/metrics/kinds/auroc.js';
import type { Experiment } from '../experiment/experiment.js';
import { shownName, type Table, type TableCell } from '../tables/table.js';
import { modelSections } from './model-sections.js';
import type { MetricRow } from './result-rows.js';
import { mainAblation } from './results.js';

const columns = [
  { heading: 'DeLong, logit', keys: ['logit'] },
  { heading: 'BCa', keys: ['bca'] },
  { heading: 'Percentile', keys: ['percentile'] },
] as const;

/** The 95 % intervals of every ROC-AUC, one beside the other. */
export function intervalTable(
  { metrics }: { readonly metrics: readonly MetricRow[] },
  { seed, resamplings }: Pick<Experiment, 'seed' | 'resamplings'>,
): Table {
  const rows = metrics.filter(
    ({ metric, detector, ablation }) => metric === auroc.name && ablation === mainAblation(detector),
  );
  const isWithout = rows.some(({ logitLow, bcaLow }) => logitLow === null || bcaLow === null);
  const isShared = rows.some(
    ({ photographs, inDomainImages, outlierImages }) => photographs < inDomainImages + outlierImages,
  );
  return {
    name: 'intervals',
    caption: ['ROC-AUC with its 95 % intervals: by standard error on the logit scale, and by resampling.'],
    figures: 'quantities',
    rowTitles: ['Dataset', 'Detector'],
    columns,
    sections: modelSections(rows, (ofModel, model) =>
      ofModel.map((row) => ({
        headings: [shownName(row.outlier), row.detector],
        keys: [model, row.outlier, row.detector],
        cells: cellsOf(row),
        best: null,
        details: [row.standardError, row.inDomainImages, row.outlierImages, row.photographs],
      })),
    ),
    notes: [
      ...(isShared
        ? [
            'Where images share photographs, photographs are resampled, and the standard error is the clustered one (Obuchowski).',
          ]
        : []),
      ...(isWithout
        ? [
            'Without an interval: a ROC-AUC of 0 or 1, which has none by a standard error, or one that does not vary from image to image.',
          ]
        : []),
      `BCa and percentiles over ${resamplings.interval} resamplings. Seed ${seed}.`,
    ],
    data: {
      line: 'row',
      row: ['model', 'outlier', 'detector'],
      column: ['figure'],
      value: 'value',
      cellDetails: [],
      rowDetails: ['standardError', 'inDomainImages', 'outlierImages', 'photographs'],
      table: [],
    },
    details: [],
  };
}

function cellsOf(row: MetricRow): readonly TableCell[] {
  const ends = [
    [row.logitLow, row.logitHigh],
    [row.bcaLow, row.bcaHigh],
    [row.low, row.high],
  ] as const;
  return ends.map(([low, high]) => ({
    value: row.value,
    spread: low === null || high === null ? null : { deviation: null, low, high },
    details: [],
  }));
}
