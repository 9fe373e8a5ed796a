import test from 'ava';
import { noAurocIntervals } from '../../pipeline/reduction/auroc-intervals.js';
import { metricRows } from '../../pipeline/reduction/result-rows.js';
import { resultTables } from '../../pipeline/reduction/tables.js';
import { bootstrap } from '../../stages/metrics/bootstrap.js';
import { streamKey } from '../../stages/metrics/draw-resample.js';
import { metricNames, metrics } from '../../stages/metrics/kinds/index.js';
import type { Follower, Metric } from '../../stages/metrics/kinds/metric.js';
import { rank } from '../../stages/metrics/ranking.js';

test('names and titles tell metrics apart', (t) => {
  const all: readonly Metric[] = metrics;
  t.is(new Set(all.map(({ name }) => name)).size, all.length);
  t.is(new Set(all.map(({ title }) => title)).size, all.length);
});

test('a metric that is listed has intervals, rows and lines in tables, and nothing else names it', (t) => {
  const ranking = rank(Float64Array.of(0, 1, 2, 3), Float64Array.of(2, 3, 4), 'test');
  const key = streamKey({ seed: 1, model: 'm', outlier: 'O' });
  const [summary] = bootstrap([ranking], key, { deviation: 20, interval: 20 });
  t.deepEqual(Object.keys(summary!), [...metricNames]);
  const rows = metricNames.map((metric) => ({
    model: 'm',
    outlier: 'O',
    detector: 'G',
    ablation: 'full' as const,
    epsilon: 0,
    temperature: 1,
    metric,
    ...summary![metric],
    inDomainImages: 4,
    outlierImages: 3,
    photographs: 7,
    ...noAurocIntervals,
  }));
  t.deepEqual(metricRows.decode(metricRows.encode(rows)), rows);
  const tables = resultTables(
    { metrics: rows, fullSpectrum: [], selection: [], accuracy: [] },
    { seed: 1, resamplings: { deviation: 20, interval: 20 }, outliers: [] },
  );
  const lines = ['table-4', 'further-metrics'].flatMap((table) =>
    tables.find(({ name }) => name === table)!.sections.flatMap((section) => section.rows),
  );
  t.deepEqual(
    lines.map(({ headings, keys, best, cells }) => [headings[0], keys[2], best, cells[0]?.value]),
    metrics.map(({ title, name, best }) => [title, name, best, summary![name].value]),
  );
});

test('a metric that is followed curve after curve forgets the one before', (t) => {
  for (const metric of metrics as readonly Metric[]) {
    const follow = (follower: Follower, ...curves: readonly number[][]) =>
      curves.map((positives) => {
        follower.begin(2, 2);
        const points = { seen: Float64Array.of(1, 2, 3, 4), positives: Float64Array.from(positives) };
        follower.add(points, 4);
        return metric.value(follower);
      });
    const [there, back] = [
      [1, 2, 2, 2],
      [0, 0, 1, 2],
    ];
    const one = metric.follow();
    t.deepEqual(follow(one, there!, back!, there!), [
      ...follow(metric.follow(), there!),
      ...follow(metric.follow(), back!),
      ...follow(metric.follow(), there!),
    ]);
  }
});
