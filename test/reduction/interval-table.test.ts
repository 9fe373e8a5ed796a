import test from 'ava';
import { intervalTable } from '../../pipeline/reduction/interval-table.js';
import type { MetricRow } from '../../pipeline/reduction/result-rows.js';

test('each interval of a ROC-AUC stands below its own heading', (t) => {
  const row: MetricRow = {
    ...{ model: 'net', outlier: 'O', detector: 'MSP', ablation: 'vanilla', epsilon: 0, temperature: 1 },
    ...{ metric: 'auroc', value: 0.8, mean: 0.79, deviation: 0.01, low: 0.71, high: 0.81 },
    ...{ inDomainImages: 9, outlierImages: 8, photographs: 17, standardError: 0.02 },
    ...{ logitLow: 0.72, logitHigh: 0.82, bcaLow: 0.73, bcaHigh: 0.83 },
  };
  const other: MetricRow = { ...row, metric: 'fpr95', value: 0.1 };
  const { columns, sections } = intervalTable(
    { metrics: [row, other] },
    { seed: 1, resamplings: { deviation: 100, interval: 2000 } },
  );
  const lines = sections.flatMap(({ rows }) => rows);
  t.is(lines.length, 1);
  t.deepEqual(
    lines[0]!.cells.map((cell, at) => [
      columns[at]!.keys[0],
      cell?.value,
      cell?.spread?.low,
      cell?.spread?.high,
    ]),
    [
      ['logit', 0.8, 0.72, 0.82],
      ['bca', 0.8, 0.73, 0.83],
      ['percentile', 0.8, 0.71, 0.81],
    ],
  );
});
