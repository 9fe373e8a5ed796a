import test from 'ava';
import { type DrawsKey, drawsFor } from '../../../workers/images/corruptions/draws.js';

const key: DrawsKey = { seed: 0, corruption: 'fog', severity: 3, id: 'n01440764/a.jpg' };

test('equal keys give equal draws, whatever was drawn for other images', (t) => {
  const first = drawsFor(key);
  drawsFor({ ...key, id: 'another' }).uniforms(1000);
  const second = drawsFor(key);
  for (const count of [1, 2, 3, 1000]) t.deepEqual(first.uniforms(count), second.uniforms(count));
  t.deepEqual(first.normals(7), second.normals(7));
  const rates = Float64Array.of(0, 1, 60);
  t.deepEqual(first.counts(rates), second.counts(rates));
});

test('each part of the key makes other draws, and so does each call', (t) => {
  const keys = [
    key,
    { ...key, seed: 1 },
    { ...key, corruption: 'snow' },
    { ...key, severity: 4 },
    { ...key, id: 'b' },
  ];
  const numbers = keys.flatMap((one) => {
    const draws = drawsFor(one);
    return [...draws.uniforms(3), ...draws.uniforms(3)];
  });
  t.is(new Set(numbers).size, numbers.length);
});

test('draws are pinned: the images of a run must not change with the program', (t) => {
  // By Python's hashlib and Philox written out.
  t.deepEqual([...drawsFor(key).uniforms(3)], [0.4261827920541372, 0.5553770705946082, 0.9025502927099008]);
});

test('uniforms are even in [0, 1)', (t) => {
  const values = drawsFor(key).uniforms(100_000);
  t.true(values.every((value) => value >= 0 && value < 1));
  const counts = new Array<number>(20).fill(0);
  for (const value of values) counts[Math.floor(value * 20)]! += 1;
  // 5 standard deviations of a binomial.
  for (const count of counts) t.true(Math.abs(count - 5000) < 5 * Math.sqrt(5000 * 0.95));
});

test('normals have the moments and the tails of a Gaussian', (t) => {
  const values = drawsFor(key).normals(200_000);
  const mean = (of: (value: number) => number): number =>
    values.reduce((sum, value) => sum + of(value), 0) / values.length;
  t.true(Math.abs(mean((value) => value)) < 0.012);
  t.true(Math.abs(mean((value) => value ** 2) - 1) < 0.017);
  t.true(Math.abs(mean((value) => value ** 4) - 3) < 0.12);
  t.true(Math.abs(mean((value) => (value > 1.959964 ? 1 : 0)) - 0.025) < 0.002);
  t.true(values.some((value) => value > 4) && values.some((value) => value < -4));
});

test('counts have mean and variance of their rate, and are 0 at rate 0', (t) => {
  for (const rate of [0, 0.02, 1, 12, 60]) {
    const counts = drawsFor(key).counts(new Float64Array(50_000).fill(rate));
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
    t.true(counts.every(Number.isInteger));
    t.true(Math.abs(mean - rate) <= 5 * Math.sqrt(rate / counts.length), `mean ${mean} of rate ${rate}`);
    t.true(Math.abs(variance - rate) <= 0.05 * rate + 0.003, `variance ${variance} of rate ${rate}`);
  }
});
