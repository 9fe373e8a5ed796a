import test from 'ava';
import type { ExperimentSet } from '../../pipeline/experiment/experiment.js';
import { noAurocIntervals } from '../../pipeline/reduction/auroc-intervals.js';
import { corruptionTables } from '../../pipeline/reduction/corruption-tables.js';
import type { AccuracyRow, MetricRow } from '../../pipeline/reduction/result-rows.js';

// By corruption and severity, listed from severe to mild.
const aurocs: Readonly<Record<string, number>> = {
  'fog 5': 0.9,
  'fog 1': 0.6,
  'snow 5': 0.8,
  'snow 1': 0.5,
  'spatter 5': 1,
  'spatter 1': 0.7,
};
const outliers = Object.keys(aurocs).map((name) => {
  const [corruption, severity] = name.split(' ');
  return { name, corruption, severity: Number(severity) } as unknown as ExperimentSet;
});
const metrics = Object.entries(aurocs).map(
  ([outlier, value]): MetricRow => ({
    ...{ model: 'net', outlier, detector: 'MSP', ablation: 'vanilla', epsilon: 0, temperature: 1 },
    ...{ metric: 'auroc', value, mean: value, deviation: 0, low: value, high: value },
    ...{ inDomainImages: 9, outlierImages: 8, photographs: 17, ...noAurocIntervals },
  }),
);
const accuracy = [
  ['clean', 0.95] as const,
  ...Object.entries(aurocs).map(([set, value]) => [set, 1 - value / 2] as const),
].map(
  ([set, value]) =>
    ({ model: 'net', set, role: set === 'clean' ? 'in-domain' : 'outlier', accuracy: value }) as AccuracyRow,
);

test('severities ascend, means are of severities and then of corruptions, and the extra ones are below them uncounted', (t) => {
  const results = {
    metrics,
    accuracy,
    fullSpectrum: [],
    selection: [],
    seed: 1,
    resamplings: { deviation: 2, interval: 2 },
  };
  const shown = corruptionTables(results, outliers).map(({ columns, sections }) => ({
    columns: columns.map(({ keys }) => keys[0]),
    rows: sections.flatMap(({ rows }) =>
      rows.map(({ keys, cells }) => [keys.at(-1), ...cells.map((cell) => Number(cell?.value?.toFixed(6)))]),
    ),
  }));
  t.deepEqual(shown, [
    {
      columns: ['1', '5', 'mean'],
      rows: [
        ['fog', 0.6, 0.9, 0.75],
        ['snow', 0.5, 0.8, 0.65],
        ['mean (2)', 0.55, 0.85, 0.7],
        ['spatter', 0.7, 1, 0.85],
      ],
    },
    {
      columns: ['1', '5', 'mean', 'relative'],
      rows: [
        ['fog', 0.7, 0.55, 0.625, 0.325],
        ['snow', 0.75, 0.6, 0.675, 0.275],
        ['mean (2)', 0.725, 0.575, 0.65, 0.3],
        ['spatter', 0.65, 0.5, 0.575, 0.375],
      ],
    },
  ]);
});
