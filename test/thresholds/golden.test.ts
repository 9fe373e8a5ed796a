import { readFile } from 'node:fs/promises';
import test from 'ava';
import { binomialCumulative } from '../../stages/thresholds/binomial.js';
import { thresholdOf } from '../../stages/thresholds/threshold.js';
import { wilsonRate } from '../../stages/thresholds/wilson.js';

interface Golden {
  /** Scores are null where they are squares, each thrice; an end is null where it is infinite. */
  readonly thresholds: readonly {
    readonly n: number;
    readonly alpha: string;
    readonly scores: readonly number[] | null;
    readonly rank: number;
    readonly value: number | null;
    readonly low: number | null;
    readonly high: number | null;
  }[];
  readonly rates: readonly {
    readonly count: number;
    readonly n: number;
    readonly low: number;
    readonly high: number;
  }[];
  readonly binomial: readonly {
    readonly n: number;
    readonly p: number;
    readonly k: number;
    readonly cumulative: number;
  }[];
}

const golden: Golden = JSON.parse(
  await readFile(new URL('../../../test/thresholds/golden.json', import.meta.url), 'utf8'),
);

const squares = (n: number): readonly number[] =>
  Array.from({ length: n }, (_, i) => Math.floor(i / 3) ** 2 / 7);

test('thresholds and their intervals are those of exact fractions and SciPy, with ties too', (t) => {
  for (const { n, alpha, scores, rank, value, low, high } of golden.thresholds) {
    const sorted = Float64Array.from(scores ?? squares(n)).sort();
    const { kept, ...found } = thresholdOf(sorted, Number(alpha));
    t.is(kept, sorted.filter((score) => score <= found.value).length);
    t.deepEqual(
      found,
      { rank, value: value ?? Infinity, low: low ?? -Infinity, high: high ?? Infinity },
      `${n} scores at ${alpha}`,
    );
  }
});

test('scores that are equal to the last that is kept are kept too, and counted', (t) => {
  const equal = thresholdOf(new Float64Array(20).fill(3), 0.1);
  t.deepEqual([equal.rank, equal.value, equal.kept], [19, 3, 20]);
  t.is(thresholdOf(Float64Array.of(1, 2), 0.05).kept, 2);
  t.is(thresholdOf(Float64Array.of(1, 2, 2, 2, 5), 0.6).kept, 4);
});

test('of n + 1 images, each held against the threshold of the others, no more than the fraction is rejected', (t) => {
  for (const [n, alpha] of [
    [19, 0.05],
    [20, 0.05],
    [18, 0.05],
    [99, 0.1],
    [40, 0.3],
    [7, 0.9],
  ] as const) {
    const scores = Float64Array.from({ length: n + 1 }, (_, i) => Math.sin(i * 12.9898) * 43.5);
    const rejected = scores.filter((score, i) => {
      const others = scores.filter((_, j) => j !== i).sort();
      return score > thresholdOf(others, alpha).value;
    });
    const most = Math.floor(alpha * (n + 1) + 1e-9);
    t.true(rejected.length <= most, `${rejected.length} of ${n + 1} at ${alpha}`);
    // And hardly fewer than can be, so that a threshold that rejects nothing is none: an image midway may go either way.
    t.true(rejected.length >= (n < Math.ceil(1 / alpha) - 1 ? 0 : most - 1));
  }
});

test('a threshold lies below the next larger score, even where no number lies between', (t) => {
  const next = 1 + Number.EPSILON;
  t.is(thresholdOf(Float64Array.of(1, 1, next), 0.5).value, 1);
  // Midway is rounded to the even one of two neighbours, which is the larger here.
  const afterNext = next + Number.EPSILON;
  t.is(next + (afterNext - next) / 2, afterNext);
  t.is(thresholdOf(Float64Array.of(1, next, afterNext), 0.5).value, next);
  t.is(thresholdOf(Float64Array.of(1, 2, 2), 0.5).value, 2);
  t.is(thresholdOf(Float64Array.of(-3, -1, 4), 0.5).value, 1.5);
});

test('rates have the intervals that SciPy gives them', (t) => {
  for (const { count, n, low, high } of golden.rates) {
    const found = wilsonRate(count, n);
    t.is(found.value, count / n);
    t.true(Math.abs(found.low - low) <= 1e-12 && Math.abs(found.high - high) <= 1e-12, `${count} of ${n}`);
  }
});

test('binomial probabilities are those of SciPy', (t) => {
  for (const { n, p, k, cumulative } of golden.binomial) {
    const found = binomialCumulative(n, p)[k] ?? Number.NaN;
    t.true(
      Math.abs(found - cumulative) <= 1e-9 * cumulative + 1e-12,
      `${found}, not ${cumulative}: ${k} of ${n} at ${p}`,
    );
  }
});
