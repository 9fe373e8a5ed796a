import test from 'ava';
import { MetricError } from '../../stages/errors.js';
import { bootstrap, resampleMetrics } from '../../stages/metrics/bootstrap.js';
import { evaluate } from '../../stages/metrics/curve.js';
import { streamKey } from '../../stages/metrics/draw-resample.js';
import { metricNames } from '../../stages/metrics/kinds/index.js';
import { rank } from '../../stages/metrics/ranking.js';

const key = streamKey({ seed: 1, model: 'm', outlier: 'O' });
const inDomain = Float64Array.from({ length: 120 }, (_, i) => Math.sin(i * 12.9898) * 3);
const outlier = Float64Array.from({ length: 80 }, (_, i) => Math.sin(i * 78.233) * 3 + 1.5);
const ranking = rank(inDomain, outlier, 'a');
const negated = rank(
  inDomain.map((x) => -x),
  outlier.map((x) => -x),
  'b',
);

test('μ ± σ and the interval surround the value on the rows as they are', (t) => {
  const [summary] = bootstrap([ranking], key, { deviation: 100, interval: 2000 });
  const values = evaluate(ranking);
  for (const metric of metricNames) {
    const found = summary![metric];
    t.is(found.value, values[metric]);
    t.true(found.deviation > 0 && found.deviation < 0.2, metric);
    // FPR95 is a rough statistic of so few rows; the others are off by far less.
    t.true(Math.abs(found.mean - found.value) < 2 * found.deviation, metric);
    t.true(found.low < found.value && found.value < found.high, metric);
  }
});

test('σ agrees with the known standard error of ROC-AUC', (t) => {
  const [summary] = bootstrap([ranking], key, { deviation: 2000, interval: 1 });
  // Hanley and McNeil 1982, through placements: exact up to terms of order 1/n.
  const above = Array.from(outlier, (x) => inDomain.filter((y) => y < x).length / inDomain.length);
  const below = Array.from(inDomain, (y) => outlier.filter((x) => x > y).length / outlier.length);
  const variance = (values: readonly number[]) => {
    const center = values.reduce((a, b) => a + b) / values.length;
    return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
  };
  const expected = Math.sqrt(variance(above) / outlier.length + variance(below) / inDomain.length);
  t.true(Math.abs(summary!.auroc.deviation / expected - 1) < 0.1);
});

test('the resamples behind σ are the first of those behind the interval', (t) => {
  const [long] = bootstrap([ranking], key, { deviation: 20, interval: 300 });
  const [short] = bootstrap([ranking], key, { deviation: 20, interval: 10 });
  t.is(long!.auroc.mean, short!.auroc.mean);
  t.is(long!.auroc.deviation, short!.auroc.deviation);
  t.not(long!.auroc.low, short!.auroc.low);
});

test('a stream divided into ranges gives the numbers of the whole stream', (t) => {
  const [whole] = resampleMetrics([ranking], key, 0, 30);
  const [start] = resampleMetrics([ranking], key, 0, 13);
  const [rest] = resampleMetrics([ranking], key, 13, 30);
  t.deepEqual([...start!, ...rest!], [...whole!]);
});

test('all rankings see the same resamples, and none depends on the others', (t) => {
  const [together, mirrored] = resampleMetrics([ranking, negated], key, 0, 50);
  const [alone] = resampleMetrics([ranking], key, 0, 50);
  t.deepEqual(together, alone);
  for (let resample = 0; resample < 50; resample++) {
    const at = resample * metricNames.length + metricNames.indexOf('auroc');
    t.true(Math.abs(together![at]! + mirrored![at]! - 1) < 1e-12);
  }
});

test('rankings of different rows are refused', (t) => {
  const shorter = rank(inDomain.slice(1), outlier, 'c');
  t.throws(() => resampleMetrics([ranking, shorter], key, 0, 1), {
    instanceOf: MetricError,
    message: /120 \+ 80 and of 119 \+ 80/,
  });
});

test('too few resamplings for a deviation are refused', (t) => {
  t.throws(() => bootstrap([ranking], key, { deviation: 1, interval: 10 }), { instanceOf: MetricError });
});

test('a score that is not finite is refused with the row, the value and the detector', (t) => {
  for (const bad of [NaN, Infinity, -Infinity]) {
    t.throws(() => rank(Float64Array.of(0, 1), Float64Array.of(2, bad), 'SG at ε=0.002, T=10'), {
      instanceOf: MetricError,
      message: `SG at ε=0.002, T=10: the score of outlier image 1 (counted from 0) is ${bad}, which no metric can rank; images without a finite score must be left out first`,
    });
  }
});

test('a class without images is refused', (t) => {
  t.throws(() => rank(new Float64Array(), Float64Array.of(1), 'MSP'), { message: /no in-domain image/ });
  t.throws(() => rank(Float64Array.of(1), new Float64Array(), 'MSP'), { message: /no outlier image/ });
});
