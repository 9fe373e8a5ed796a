import { createHash } from 'node:crypto';
import test from 'ava';
import { aurocError } from '../../stages/metrics/auroc-covariance.js';
import { metricSamples, resampleMetrics } from '../../stages/metrics/bootstrap.js';
import { clustersOf } from '../../stages/metrics/clusters.js';
import { photographDrawer, photographKeys } from '../../stages/metrics/draw-photographs.js';
import { placementsOf } from '../../stages/metrics/placements.js';
import { rank } from '../../stages/metrics/ranking.js';
import { deviation } from '../../stages/metrics/summary.js';

const stream = { seed: 3, inDomain: 'clean' };
const side = (names: readonly string[]) => ({ size: names.length, baseAt: (row: number) => names[row]! });
const numbered = (prefix: string, size: number) =>
  Array.from({ length: size }, (_, row) => `${prefix}${row}`);

test('a photograph is drawn as often in every set that has it, and all its rows together', (t) => {
  const known = side(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
  const near = photographDrawer(photographKeys(stream, [known, side(['c', 'x', 'c'])]), 8);
  const far = photographDrawer(photographKeys(stream, [known, side(['y', 'x'])]), 8);
  for (const resample of [0, 1, 31, 32, 65, 1999]) {
    const first = near(resample);
    const counts = [...first.counts];
    t.is(
      first.inDomain + first.outlier,
      counts.reduce((sum, count) => sum + count),
    );
    const other = [...far(resample).counts];
    t.deepEqual(counts.slice(0, 8), other.slice(0, 8));
    t.is(counts[8], counts[2]);
    t.is(counts[10], counts[2]);
    t.is(counts[9], other[9]);
  }
});

test('resamples don’t depend on those before them', (t) => {
  const keys = photographKeys(stream, [side(numbered('i', 9)), side(numbered('o', 5))]);
  const inOrder = photographDrawer(keys, 9);
  const all = Array.from({ length: 70 }, (_, resample) => [...inOrder(resample).counts]);
  const jumping = photographDrawer(keys, 9);
  for (const resample of [69, 3, 40, 4]) t.deepEqual([...jumping(resample).counts], all[resample]);
});

test('counts are those of a Poisson variable of mean 1, and another seed or in-domain set draws others', (t) => {
  const keys = (of: typeof stream) =>
    photographKeys(of, [side(numbered('i', 500)), side(numbered('o', 500))]);
  const draw = photographDrawer(keys(stream), 500);
  const found = new Float64Array(12);
  for (let resample = 0; resample < 200; resample += 1)
    for (const count of draw(resample).counts) found[count] = (found[count] ?? 0) + 1 / 200_000;
  for (let k = 0, expected = Math.exp(-1); k < 6; expected /= ++k)
    t.true(Math.abs((found[k] ?? 0) - expected) < 5 * Math.sqrt(expected / 200_000), `${k}: ${found[k]}`);
  for (const of of [
    { ...stream, seed: 4 },
    { ...stream, inDomain: 'other' },
  ])
    t.notDeepEqual([...photographDrawer(keys(of), 500)(0).counts], [...draw(0).counts]);
});

test('a draw that lacks a class is drawn again', (t) => {
  const draw = photographDrawer(photographKeys(stream, [side(['a']), side(['b', 'c'])]), 1);
  for (let resample = 0; resample < 300; resample += 1) {
    const { inDomain, outlier, counts } = draw(resample);
    t.true(inDomain > 0 && outlier > 0);
    t.is(inDomain, counts[0] ?? -1);
  }
});

test('where classes share photographs, σ of resampled photographs is Obuchowski’s, not DeLong’s', (t) => {
  const size = 400;
  const base = Float64Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898) * 3);
  const apart = (seed: number) => base.map((x, i) => x + 0.4 * Math.sin(seed + i * 78.233));
  const ranking = rank(
    apart(1),
    apart(2).map((x) => x + 1),
    'shared',
  );
  const names = side(numbered('p', size));
  const placements = placementsOf(ranking);
  const clustered = aurocError(placements, clustersOf(names, names)) ?? 0;
  const independent = aurocError(placements, null) ?? 0;
  t.true(clustered < 0.4 * independent);
  const [table] = resampleMetrics([ranking], photographKeys(stream, [names, names]), 0, 2000);
  t.true(Math.abs(deviation(metricSamples(table, 0)) / clustered - 1) < 0.06);
});

test('keys of photographs are the same whichever were asked for before', (t) => {
  const rows = side(['a', 'b', 'a', 'c']);
  const digestOf = (seed: number, name: string) =>
    createHash('sha256')
      .update(JSON.stringify([seed, 'clean', name]))
      .digest();
  const expected = (seed: number) =>
    ['a', 'b', 'a', 'c'].flatMap((name) => [0, 4].map((at) => digestOf(seed, name).readUInt32LE(at)));
  for (const seed of [3, 4, 3, 3])
    t.deepEqual([...photographKeys({ ...stream, seed }, [rows]).photographs], expected(seed));
});
