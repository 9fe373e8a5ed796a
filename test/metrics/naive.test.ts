import test from 'ava';
import fc from 'fast-check';
import { aurocAgainst } from '../../stages/metrics/auroc-against.js';
import { resampleMetrics } from '../../stages/metrics/bootstrap.js';
import { drawResample, streamKey } from '../../stages/metrics/draw-resample.js';
import { metricNames } from '../../stages/metrics/kinds/index.js';
import { rank } from '../../stages/metrics/ranking.js';
import { countBelow, countNotAbove, sortScores } from '../../stages/metrics/sorted-scores.js';
import { naiveMetrics } from './naive-curve.js';

const key = streamKey({ seed: 5, model: 'm', outlier: 'O' });

/** Compares resamples with the naive computation on rows that are really repeated, to the last bit. */
function sameAsNaive(inDomain: readonly number[], outlier: readonly number[], resamples: number) {
  const ranking = rank(Float64Array.from(inDomain), Float64Array.from(outlier), 'test');
  const [table] = resampleMetrics([ranking], key, 0, resamples);
  const expected = Array.from({ length: resamples }, (_, resample) => {
    const size = inDomain.length + outlier.length;
    const { counts } = drawResample(key, resample, inDomain.length, outlier.length, new Uint16Array(size));
    const repeated = (scores: readonly number[], first: number) =>
      scores.flatMap((score, row) => Array<number>(counts[first + row]!).fill(score));
    return naiveMetrics(repeated(inDomain, 0), repeated(outlier, inDomain.length));
  });
  const names = Object.keys(expected[0]!) as (keyof ReturnType<typeof naiveMetrics>)[];
  return {
    found: expected.flatMap((_, resample) =>
      names.map((name) => table![resample * metricNames.length + metricNames.indexOf(name)]),
    ),
    expected: expected.flatMap((values) => names.map((name) => values[name])),
  };
}

test('metrics of resamples equal those of repeated rows bit for bit, with ties or without', (t) => {
  const score = fc.oneof(
    fc.integer({ min: -4, max: 4 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(0, -0, 5e-324, -1.7e308, 1.7e308),
  );
  const scores = fc.array(score, { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(scores, scores, (inDomain, outlier) => {
      const { found, expected } = sameAsNaive(inDomain, outlier, 5);
      t.deepEqual(found, expected);
    }),
  );
  t.pass();
});

// More rows than are swept at a time, and ties that straddle the seam.
for (const [name, levels, shift] of [
  ['no ties', 1e9, 0.2],
  ['ties of a few rows', 900, 0.2],
  ['ties of a thousand rows', 4, 0.2],
  ['one score', 1, 0],
  ['separated classes', 1e9, 2],
  ['classes separated the wrong way', 1e9, -2],
  ['classes that lie in two blocks of ties', 1, 2],
] as const) {
  test(`metrics of thousands of rows equal those of repeated rows bit for bit: ${name}`, (t) => {
    const noise = (seed: number) => (_: unknown, row: number) =>
      Math.floor((Math.abs(Math.sin(seed + 12.9898 * row) * 43758.5453) % 1) * levels) / levels;
    const inDomain = Array.from({ length: 3100 }, noise(1));
    const outlier = Array.from({ length: 1900 }, noise(2)).map((x) => x + shift);
    const { found, expected } = sameAsNaive(inDomain, outlier, 4);
    t.deepEqual(found, expected);
  });
}

test('a place among sorted scores is found whatever their spread', (t) => {
  const score = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: -3, max: 3 }),
    fc.double({ min: 1, max: 1 + 1e-14, noNaN: true }),
  );
  const scores = fc.array(score, { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(scores, scores, (among, sought) => {
      const sorted = sortScores(Float64Array.from(among));
      for (const x of [...sought, ...among]) {
        const below = countBelow(sorted, x);
        t.is(below, among.filter((y) => y < x).length);
        t.is(countNotAbove(sorted, x, below), among.filter((y) => y <= x).length);
      }
    }),
  );
  t.pass();
});

test('ROC-AUC among sorted scores is that of the curve where one score lies far from all others', (t) => {
  const near = Float64Array.from({ length: 500 }, (_, row) => Math.sin(row));
  const inDomain = Float64Array.of(-1e12, ...near);
  const outlier = near.map((x) => Math.round(50 * x) / 50 + 0.1);
  const found = aurocAgainst(sortScores(inDomain), outlier);
  t.is(found, naiveMetrics([...inDomain], [...outlier]).auroc);
});
