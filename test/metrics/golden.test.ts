import { readFileSync } from 'node:fs';
import test from 'ava';
import { curveMetrics, evaluate } from '../../stages/metrics/curve.js';
import { type ByMetric, metricNames } from '../../stages/metrics/kinds/index.js';
import { rank } from '../../stages/metrics/ranking.js';
import { deviation, mean, quantile } from '../../stages/metrics/summary.js';

interface Golden {
  readonly cases: readonly {
    readonly name: string;
    readonly inDomain: readonly number[];
    readonly outlier: readonly number[];
    readonly metrics: ByMetric<number>;
    readonly fpr95WithEveryPoint: number;
    readonly fpr95InWithEveryPoint: number;
    readonly resamples: readonly {
      readonly rows: readonly number[];
      readonly metrics: ByMetric<number>;
    }[];
  }[];
  readonly summaries: readonly {
    readonly values: readonly number[];
    readonly mean: number;
    readonly deviation: number;
    readonly low: number;
    readonly high: number;
  }[];
}

// Made by scripts/golden/metrics.py. Sums are taken in another order than scikit-learn's, hence not equal bits.
const golden: Golden = JSON.parse(
  readFileSync(new URL('../../../test/golden/metrics.json', import.meta.url), 'utf8'),
);
/** Metrics that the golden file has. */
const goldenNames = metricNames.filter((name) => name in golden.cases[0]!.metrics);
const tolerance = 1e-12;

for (const { name, inDomain, outlier, metrics: expected, resamples } of golden.cases) {
  const ranking = rank(Float64Array.from(inDomain), Float64Array.from(outlier), name);

  test(`metrics equal scikit-learn's to 1e-12: ${name}`, (t) => {
    const found = evaluate(ranking);
    for (const metric of goldenNames) {
      t.true(Math.abs(found[metric] - expected[metric]) <= tolerance, `${metric}: ${found[metric]}`);
    }
  });

  test(`metrics of counted rows equal scikit-learn's on repeated rows to 1e-12: ${name}`, (t) => {
    t.true(resamples.length > 0);
    for (const { rows, metrics: resampled } of resamples) {
      const counts = new Uint16Array(inDomain.length + outlier.length);
      for (const row of rows) counts[row]! += 1;
      const drawn = rows.filter((row) => row < inDomain.length).length;
      const out = new Float64Array(metricNames.length);
      curveMetrics(ranking, { counts, inDomain: drawn, outlier: rows.length - drawn }, out, 0);
      for (const metric of goldenNames) {
        const found = out[metricNames.indexOf(metric)]!;
        t.true(Math.abs(found - resampled[metric]) <= tolerance, `${metric}: ${found}`);
      }
    }
  });
}

test('the golden cases tell a curve with dropped points from one with every point', (t) => {
  const told = golden.cases.filter((c) => c.metrics.fpr95 !== c.fpr95WithEveryPoint);
  t.true(told.length >= 3);
  t.true(golden.cases.filter((c) => c.metrics['fpr95-in'] !== c.fpr95InWithEveryPoint).length >= 3);
  t.true(golden.cases.filter((c) => c.metrics['fpr95-in'] !== c.metrics.fpr95).length >= 10);
});

test('mean, deviation and 95 % interval equal numpy’s', (t) => {
  for (const expected of golden.summaries) {
    const values = Float64Array.from(expected.values);
    const sorted = values.toSorted();
    t.true(Math.abs(mean(values) - expected.mean) <= tolerance);
    t.true(Math.abs(deviation(values) - expected.deviation) <= tolerance);
    t.true(Math.abs(quantile(sorted, 0.025) - expected.low) <= tolerance);
    t.true(Math.abs(quantile(sorted, 0.975) - expected.high) <= tolerance);
  }
});
