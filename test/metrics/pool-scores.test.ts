import test from 'ava';
import { poolScores } from '../../stages/metrics/pool-scores.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';

function split(set: string, values: readonly number[], failed: number, gradient = true): SplitScores {
  const of = (by: number) => Float64Array.from(values, (value) => value + by);
  return {
    set,
    size: values.length,
    labels: Int32Array.from(values),
    idAt: (image) => `${set}${image}`,
    baseAt: (image) => `photograph ${image}`,
    failed,
    at: ({ epsilon }) => ({
      predicted: Int32Array.from(values, (value) => value + 1),
      maxLogit: of(epsilon),
      logOdds: of(2 * epsilon),
      logSG: gradient ? of(3 * epsilon) : null,
    }),
  };
}

const cell = { epsilon: 10, temperature: 1 };

test('sets are pooled one behind the other, in every column', (t) => {
  const pooled = poolScores('both', [split('a', [1, 2], 1), split('b', [], 4), split('c', [5], 2)]);
  t.is(pooled.set, 'both');
  t.is(pooled.size, 3);
  t.is(pooled.failed, 7);
  t.deepEqual([...pooled.labels], [1, 2, 5]);
  t.deepEqual([0, 1, 2].map(pooled.idAt), ['a0', 'a1', 'c0']);
  t.deepEqual([0, 1, 2].map(pooled.baseAt), ['photograph 0', 'photograph 1', 'photograph 0']);
  const { predicted, maxLogit, logOdds, logSG } = pooled.at(cell);
  t.deepEqual([...predicted], [2, 3, 6]);
  t.deepEqual([...maxLogit], [11, 12, 15]);
  t.deepEqual([...logOdds], [21, 22, 25]);
  t.deepEqual([...logSG!], [31, 32, 35]);
});

test('one set alone keeps its columns, and gradients count only where all have them', (t) => {
  const alone = poolScores('alone', [split('a', [1], 0)]);
  t.is(alone.set, 'alone');
  t.deepEqual([...alone.at(cell).logSG!], [31]);
  t.is(poolScores('mixed', [split('a', [1], 0), split('b', [2], 0, false)]).at(cell).logSG, null);
});
