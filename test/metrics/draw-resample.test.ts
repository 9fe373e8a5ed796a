import test from 'ava';
import fc from 'fast-check';
import { MetricError } from '../../stages/errors.js';
import { drawResample, streamKey } from '../../stages/metrics/draw-resample.js';
import { philox4x32 } from '../../stages/metrics/philox.js';

// The authors' own vectors (Random123, tests/kat_vectors): counter, key, result.
const knownAnswers = [
  {
    counter: [0, 0, 0, 0],
    key: [0, 0],
    result: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    result: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    result: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
] as const;

for (const { counter, key, result } of knownAnswers) {
  test(`Philox4x32-10 gives the published block of counter ${counter[0].toString(16)}…`, (t) => {
    const out = new Uint32Array(4);
    philox4x32(counter[0], counter[1], counter[2], counter[3], key, out);
    t.deepEqual([...out], [...result]);
  });
}

const key = streamKey({ seed: 7, model: 'resnet18', outlier: 'R' });

test('a resample draws as many rows as the mixture has, and knows how many of each class', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), fc.nat(), (a, b, index) => {
      const { counts, inDomain, outlier } = drawResample(key, index, a, b, new Uint16Array(a + b));
      const sum = (part: Uint16Array) => part.reduce((total, count) => total + count, 0);
      t.is(inDomain, sum(counts.subarray(0, a)));
      t.is(outlier, sum(counts.subarray(a)));
      t.is(inDomain + outlier, a + b);
      t.true(inDomain > 0 && outlier > 0);
    }),
  );
  t.pass();
});

test('a resample that lacks a class is drawn again', (t) => {
  // With one row of each class half of all draws lack one.
  for (let index = 0; index < 100; index++) {
    const { counts } = drawResample(key, index, 1, 1, new Uint16Array(2));
    t.deepEqual([...counts], [1, 1]);
  }
});

test('a resample depends on seed, model, outlier set and its number, and on nothing else', (t) => {
  const stream = { seed: 7, model: 'resnet18', outlier: 'R' };
  const draw = (name: typeof stream, index: number) =>
    drawResample(streamKey(name), index, 50, 30, new Uint16Array(80)).counts.join();
  const first = draw(stream, 3);
  draw(stream, 4);
  t.is(draw({ ...stream }, 3), first);
  t.not(draw(stream, 4), first);
  t.not(draw({ ...stream, seed: 8 }, 3), first);
  t.not(draw({ ...stream, model: 'resnet50' }, 3), first);
  t.not(draw({ ...stream, outlier: 'A' }, 3), first);
});

test('names that run together alike still give different streams', (t) => {
  t.notDeepEqual(
    streamKey({ seed: 1, model: 'ab', outlier: 'c' }),
    streamKey({ seed: 1, model: 'a', outlier: 'bc' }),
  );
});

test('draws are those of an independent implementation, and so stay the same between versions', (t) => {
  // Python's integers and hashlib, by the definition: key, counter (block, resample, attempt, 0), word / quotient.
  const { counts } = drawResample(key, 0, 6, 6, new Uint16Array(12));
  t.deepEqual([...counts], [2, 0, 1, 2, 1, 0, 1, 1, 2, 1, 1, 0]);
});

test('every row is as likely as any other', (t) => {
  const rows = 40;
  const resamples = 2000;
  const totals = new Float64Array(rows);
  for (let index = 0; index < resamples; index++) {
    const { counts } = drawResample(key, index, 30, 10, new Uint16Array(rows));
    for (const [row, count] of counts.entries()) totals[row]! += count;
  }
  // Each total is about Poisson with mean 2000: chi-square with 39 degrees of freedom, 99.9 % quantile 72.1.
  const chiSquare = totals.reduce((sum, total) => sum + (total - resamples) ** 2 / resamples, 0);
  t.true(chiSquare < 72.1, `${chiSquare}`);
  t.true(chiSquare > 16, `${chiSquare}`);
});

test('resampling without a row of one class is an error, not an endless search', (t) => {
  t.throws(() => drawResample(key, 0, 0, 3, new Uint16Array(3)), {
    instanceOf: MetricError,
    message: /0 in-domain and 3 outlier/,
  });
});
