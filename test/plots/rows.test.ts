import test from 'ava';
import { histogramPanels } from '../../pipeline/plots/histogram-panels.js';
import { rocPlot } from '../../pipeline/plots/roc.js';
import { surfacePlot } from '../../pipeline/plots/surface.js';

const view = {
  model: 'net',
  place: 0,
  titleOf: String,
  outliers: ['o'],
  sets: ['clean', 'o'],
  shown: ['MSP'],
};

test('an outline is of the shares of its own images, and reaches to the end of the last bin', (t) => {
  const bins = [
    { outlier: 'o', low: 0, high: 1, inDomainImages: 3, outlierImages: 0 },
    { outlier: 'o', low: 1, high: 2, inDomainImages: 1, outlierImages: 2 },
  ];
  t.deepEqual(
    histogramPanels(['o'], bins, 'score').rows.map(({ images, score, share }) => [images, score, share]),
    [
      ['in-domain', 0, 0.75],
      ['in-domain', 1, 0.25],
      ['in-domain', 2, 0.25],
      ['out-of-domain', 0, 0],
      ['out-of-domain', 1, 1],
      ['out-of-domain', 2, 1],
    ],
  );
});

test('a surface has a ring at the cell that was chosen, in the panel of its detector alone', (t) => {
  const cells = [0, 0.002].flatMap((epsilon) => [1, 10].map((temperature) => ({ epsilon, temperature })));
  const rows = ['ODIN', 'G'].flatMap((detector) =>
    cells.map((cell, at) => ({
      ...{ model: 'net', outlier: 'o', detector, ...cell, selectedOn: 'o' },
      validationAuroc: 0.5 + at / 10,
    })),
  );
  const chosen = (detector: string, cell: (typeof cells)[number]) => ({
    ...{ model: 'net', outlier: 'o', detector, ablation: 'full' as const, ...cell, validationAuroc: 0.5 },
  });
  const plot = surfacePlot(view, { name: 'o', place: 0 }, rows, [
    chosen('ODIN', cells[2]!),
    chosen('G', cells[1]!),
  ]);
  t.deepEqual(
    plot?.rows
      .filter((row) => row.chosen)
      .map(({ detector, epsilon, temperature, auroc }) => [detector, epsilon, temperature, auroc]),
    [
      ['ODIN', 0.002, 1, 0.7],
      ['G', 0, 10, 0.6],
    ],
  );
});

test('a ROC curve has the share of outliers that are found upwards, and that of in-domain images to the right', (t) => {
  const row = {
    model: 'net',
    outlier: 'o',
    detector: 'MSP',
    point: 1,
    falsePositiveRate: 0.25,
    truePositiveRate: 0.75,
  };
  const plot = rocPlot(view, [row, { ...row, detector: 'ML' }, { ...row, model: 'other' }]);
  t.deepEqual(plot?.rows, [
    { set: 'o', detector: 'MSP', point: 1, falsePositiveRate: 0.25, truePositiveRate: 0.75 },
  ]);
  t.regex(JSON.stringify(plot?.spec), /"x":\{"field":"falsePositiveRate".*"y":\{"field":"truePositiveRate"/);
});
