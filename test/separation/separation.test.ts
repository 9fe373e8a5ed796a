import { readFile } from 'node:fs/promises';
import test from 'ava';
import { hardestWindow } from '../../stages/separation/hardest-window.js';
import { histogramOf } from '../../stages/separation/histogram.js';

interface Golden {
  readonly windows: readonly {
    readonly inDomain: readonly number[];
    readonly outlier: readonly number[];
    readonly window: {
      readonly low: number | null;
      readonly high: number | null;
      readonly auroc: number;
    } | null;
  }[];
  readonly histograms: readonly {
    readonly values: readonly number[];
    readonly low: number;
    readonly high: number;
    readonly bins: number;
    readonly counts: readonly number[];
    readonly edges: readonly number[];
  }[];
}

const golden: Golden = JSON.parse(
  await readFile(new URL('../../../test/separation/golden.json', import.meta.url), 'utf8'),
);

for (const [nth, { inDomain, outlier, window }] of golden.windows.entries()) {
  test(`the half that S separates worst is the one that scikit-learn finds: case ${nth}`, (t) => {
    const found = hardestWindow(Float64Array.from(inDomain), Float64Array.from(outlier));
    t.is(found?.low, window?.low ?? Number.NEGATIVE_INFINITY);
    t.is(found?.high, window?.high ?? Number.POSITIVE_INFINITY);
    t.true(Math.abs(found!.auroc - window!.auroc) < 1e-12);
  });
}

test('of windows that S separates equally badly it is the one of the least confident images', (t) => {
  const found = hardestWindow(
    Float64Array.of(1, 3, 5, 7, 9, 11, 13, 15),
    Float64Array.of(2, 4, 6, 8, 10, 12, 14, 16),
  );
  t.deepEqual(found, { low: Number.NEGATIVE_INFINITY, high: 8, auroc: 6 / 16 });
});

test('no window holds images of both sides where there are none of one', (t) => {
  t.is(hardestWindow(new Float64Array(), Float64Array.of(1, 2)), null);
  t.is(hardestWindow(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8), Float64Array.of()), null);
});

test('histograms are NumPy’s, values at edges included', (t) => {
  for (const { values, counts, edges, ...bins } of golden.histograms) {
    const found = histogramOf(Float64Array.from(values), bins);
    t.deepEqual([...found.counts], counts);
    t.deepEqual([...found.edges], edges);
  }
});
