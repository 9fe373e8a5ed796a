import test from 'ava';
import fc from 'fast-check';
import { largestPlaces } from '../../stages/metrics/largest.js';
import { rocCurve } from '../../stages/metrics/roc-curve.js';

test('a curve of few scores has all its points, and equal scores are one step', (t) => {
  const curve = rocCurve(Float64Array.of(1, 2, 3, 3), Float64Array.of(3, 4), 60);
  t.deepEqual(
    curve.map(({ falsePositiveRate, truePositiveRate }) => [falsePositiveRate, truePositiveRate]),
    [
      [0, 0],
      [0, 0.5],
      [0.5, 1],
      [0.75, 1],
      [1, 1],
    ],
  );
});

const scores = fc
  .array(fc.oneof(fc.double({ noNaN: true, min: -5, max: 5 }), fc.integer({ min: -2, max: 2 })), {
    minLength: 1,
    maxLength: 400,
  })
  .map((values) => Float64Array.from(values));

test('a thinned curve keeps its ends, some of its points, and nearly its area', (t) => {
  fc.assert(
    fc.property(scores, scores, fc.integer({ min: 2, max: 60 }), (inDomain, outlier, most) => {
      const whole = rocCurve(inDomain, outlier, 1e6);
      const curve = rocCurve(inDomain, outlier, most);
      t.true(curve.length <= most);
      t.deepEqual(curve[0], { falsePositiveRate: 0, truePositiveRate: 0 });
      t.deepEqual(curve.at(-1), { falsePositiveRate: 1, truePositiveRate: 1 });
      const all = new Set(whole.map((point) => JSON.stringify(point)));
      for (const [index, point] of curve.entries()) {
        t.true(all.has(JSON.stringify(point)));
        const before = curve[index - 1];
        if (before === undefined) continue;
        t.true(point.falsePositiveRate >= before.falsePositiveRate);
        t.true(point.truePositiveRate >= before.truePositiveRate);
      }
    }),
  );
});

test('the area under a thinned curve is that of ROC-AUC', (t) => {
  const inDomain = Float64Array.from({ length: 5000 }, (_, i) => Math.sin(i * 12.9898) * 2);
  const outlier = Float64Array.from({ length: 3000 }, (_, i) => Math.sin(i * 78.233) * 2 + 0.8);
  const area = (most: number) => {
    const curve = rocCurve(inDomain, outlier, most);
    return curve.slice(1).reduce((sum, point, index) => {
      const { falsePositiveRate, truePositiveRate } = curve[index] ?? point;
      return (
        sum +
        ((point.falsePositiveRate - falsePositiveRate) * (point.truePositiveRate + truePositiveRate)) / 2
      );
    }, 0);
  };
  t.true(Math.abs(area(60) - area(1e6)) < 2e-3);
});

test('the largest values come first, and of equal ones the first', (t) => {
  t.deepEqual(largestPlaces(Float64Array.of(1, 3, 2, 3, 0), 3), [1, 3, 2]);
  t.deepEqual(largestPlaces(Float64Array.of(1), 3), [0]);
  t.deepEqual(largestPlaces(new Float64Array(), 3), []);
  fc.assert(
    fc.property(scores, fc.integer({ min: 1, max: 12 }), (values, count) => {
      const sorted = [...values.keys()].sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
      t.deepEqual(largestPlaces(values, count), sorted.slice(0, count));
    }),
  );
});
