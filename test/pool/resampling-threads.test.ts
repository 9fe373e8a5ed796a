import test from 'ava';
import { resamplingThreads } from '../../pipeline/reduction/resampling-threads.js';
import { resampleMetrics } from '../../stages/metrics/bootstrap.js';
import { photographKeys } from '../../stages/metrics/draw-photographs.js';
import { streamKey } from '../../stages/metrics/draw-resample.js';
import { rank } from '../../stages/metrics/ranking.js';
import { resampleSelective } from '../../stages/selective/resample-selective.js';
import { rankOutcomes } from '../../stages/selective/selective-ranking.js';

const key = streamKey({ seed: 1, model: 'm', outlier: 'O' });
const noise = (seed: number, size: number) =>
  Float64Array.from({ length: size }, (_, row) => Math.sin(seed + 12.9898 * row) * 3);
const rankings = [1, 2].map((seed) => rank(noise(seed, 12_000), noise(seed + 9, 8000), `detector ${seed}`));
// Enough for several parts, the last of them shorter.
const resamples = 1000;

test('any number of worker threads gives the bits of one thread', async (t) => {
  const expected = resampleMetrics(rankings, key, 0, resamples);
  for (const count of [1, 2, 3]) {
    const threads = resamplingThreads(count);
    t.deepEqual(await threads.resample(rankings, key, resamples), expected, `${count}`);
    await threads.close();
  }
});

test('any number of worker threads draws the same photographs', async (t) => {
  const side = (prefix: string, size: number) => ({
    size,
    baseAt: (row: number) => `${prefix}${row % 9000}`,
  });
  const keys = photographKeys({ seed: 1, inDomain: 'clean' }, [side('p', 12_000), side('p', 8000)]);
  const expected = resampleMetrics(rankings, keys, 0, 900);
  const threads = resamplingThreads(2);
  t.deepEqual(await threads.resample(rankings, keys, 900), expected);
  await threads.close();
});

test('a stream that is too small to be divided gives the same bits', async (t) => {
  const threads = resamplingThreads(2);
  const found = await threads.resample(rankings, key, 7);
  t.deepEqual(found, resampleMetrics(rankings, key, 0, 7));
  await threads.close();
});

test('what is wrong with the rankings is said by the threads as it is without them', async (t) => {
  const threads = resamplingThreads(2);
  const other = rank(noise(1, 11_999), noise(2, 8001), 'other');
  await t.throwsAsync(threads.resample([...rankings, other], key, resamples), {
    message: /12000 \+ 8000 and of 11999 \+ 8001/,
  });
  await threads.close();
});

test('risks are divided over threads to the same bits', async (t) => {
  const predicted = Int32Array.from({ length: 12_000 }, (_, row) => row % 3);
  const labels = Int32Array.from({ length: 12_000 }, (_, row) => (row % 7) - 1);
  const outcomes = rankings.map((ranking) => rankOutcomes(ranking, predicted, labels));
  const expected = resampleSelective(outcomes, key, 0, resamples);
  const threads = resamplingThreads(2);
  t.deepEqual(await threads.resampleSelective(outcomes, key, resamples), expected);
  t.deepEqual(await threads.resampleSelective(outcomes, key, 5), resampleSelective(outcomes, key, 0, 5));
  await threads.close();
});
