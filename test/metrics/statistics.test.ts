import { readFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { averageRanks } from '../../stages/comparisons/average-ranks.js';
import { friedmanTest } from '../../stages/comparisons/friedman.js';
import { holm } from '../../stages/comparisons/holm.js';
import { cliquesOf, criticalDifference } from '../../stages/comparisons/nemenyi.js';
import { pairedTest } from '../../stages/comparisons/paired-test.js';
import { aurocCovariance, aurocError } from '../../stages/metrics/auroc-covariance.js';
import { bcaInterval } from '../../stages/metrics/bca-interval.js';
import { clustersOf } from '../../stages/metrics/clusters.js';
import { jackknifeAurocs } from '../../stages/metrics/jackknife.js';
import { logitInterval } from '../../stages/metrics/logit-interval.js';
import { placementsOf } from '../../stages/metrics/placements.js';
import { rank } from '../../stages/metrics/ranking.js';

type Sides = readonly [inDomain: readonly number[], outlier: readonly number[]];
type Photographs = readonly [inDomain: readonly string[], outlier: readonly string[]];

interface Golden {
  readonly cases: readonly {
    readonly name: string;
    readonly first: Sides;
    readonly second: Sides;
    readonly photographs: Photographs | null;
    readonly aurocs: readonly number[];
    readonly unclustered: readonly number[];
    readonly covariances: readonly number[];
    readonly logit: readonly number[];
    readonly jackknife: readonly number[];
    readonly jackknifeVariance: number;
    readonly samples: readonly number[];
    readonly bca: readonly number[];
    readonly difference: number;
    readonly error: number;
    readonly p: number;
  }[];
  readonly ranked: readonly {
    readonly name: string;
    readonly blocks: readonly (readonly number[])[];
    readonly ranks: readonly number[];
    readonly statistic: number;
    readonly p: number;
    readonly f: number | null;
    readonly fP: number | null;
    readonly criticalDifference: number;
  }[];
  readonly adjusted: readonly { readonly ps: readonly number[]; readonly adjusted: readonly number[] }[];
}

// Made by scripts/golden/statistics.py from matrices of all pairs, hence not equal bits.
const golden: Golden = JSON.parse(
  readFileSync(new URL('../../../test/metrics/statistics.json', import.meta.url), 'utf8'),
);

function isClose(
  t: ExecutionContext,
  found: number | null | undefined,
  expected: number,
  what: string,
): void {
  const apart = Math.abs((found ?? Number.NaN) - expected);
  t.true(apart <= 1e-12 * Math.max(1e-3, Math.abs(expected)), `${what}: ${found}, expected ${expected}`);
}

const rankingOf = ([inDomain, outlier]: Sides, name: string) =>
  rank(Float64Array.from(inDomain), Float64Array.from(outlier), name);

const basesOf = (names: readonly string[]) => ({
  size: names.length,
  baseAt: (row: number) => names[row] ?? '',
});

const clustersIn = (photographs: Photographs | null) =>
  photographs === null ? null : clustersOf(basesOf(photographs[0]), basesOf(photographs[1]));

for (const one of golden.cases) {
  const rankings = [one.first, one.second].map((sides) => rankingOf(sides, one.name));
  const [first, second] = rankings.map(placementsOf) as [
    ReturnType<typeof placementsOf>,
    ReturnType<typeof placementsOf>,
  ];
  const clusters = clustersIn(one.photographs);

  test(`variances and covariances are those of all pairs: ${one.name}`, (t) => {
    t.is(clusters === null, one.photographs === null);
    isClose(t, first.auroc, one.aurocs[0] ?? Number.NaN, 'ROC-AUC');
    const pairs = [
      [first, first],
      [second, second],
      [first, second],
    ] as const;
    for (const [nth, [a, b]] of pairs.entries()) {
      isClose(t, aurocCovariance(a, b, clusters), one.covariances[nth] ?? Number.NaN, `clustered ${nth}`);
      isClose(t, aurocCovariance(a, b, null), one.unclustered[nth] ?? Number.NaN, `unclustered ${nth}`);
    }
    // The jackknife estimates the same, by leaving out photographs.
    const variance = aurocCovariance(first, first, clusters) ?? Number.NaN;
    t.true(Math.abs(variance / one.jackknifeVariance - 1) < (one.name === 'thirty to one' ? 0.5 : 0.1));
  });

  test(`intervals and the paired test are those of all pairs: ${one.name}`, (t) => {
    const interval = logitInterval(first.auroc, aurocError(first, clusters));
    isClose(t, interval?.low, one.logit[0] ?? Number.NaN, 'logit, low');
    isClose(t, interval?.high, one.logit[1] ?? Number.NaN, 'logit, high');
    const left = jackknifeAurocs(rankings[0]!, first, clusters);
    t.is(left?.length, one.jackknife.length);
    for (const [nth, value] of one.jackknife.entries()) isClose(t, left?.[nth], value, `jackknife ${nth}`);
    const bca = bcaInterval(first.auroc, Float64Array.from(one.samples), left);
    isClose(t, bca?.low, one.bca[0] ?? Number.NaN, 'BCa, low');
    isClose(t, bca?.high, one.bca[1] ?? Number.NaN, 'BCa, high');
    const paired = pairedTest(first, second, clusters);
    isClose(t, paired.difference, one.difference, 'difference');
    isClose(t, paired.error, one.error, 'error');
    isClose(t, paired.p, one.p, 'p');
  });
}

for (const { name, blocks, ...expected } of golden.ranked)
  test(`ranks are tested as by SciPy: ${name}`, (t) => {
    for (const [nth, rank] of averageRanks(blocks).entries())
      isClose(t, rank, expected.ranks[nth] ?? Number.NaN, `rank ${nth}`);
    const found = friedmanTest(blocks);
    isClose(t, found?.statistic, expected.statistic, 'χ²');
    isClose(t, found?.p, expected.p, 'p of χ²');
    if (expected.f === null) t.is(found?.f, Number.POSITIVE_INFINITY);
    else isClose(t, found?.f, expected.f, 'F');
    isClose(t, found?.fP, expected.fP ?? 0, 'p of F');
    const treatments = blocks[0]?.length ?? 0;
    const apart = criticalDifference(treatments, blocks.length) / expected.criticalDifference - 1;
    // SciPy's quantile is found to 1e-10.
    t.true(Math.abs(apart) < 1e-9);
  });

test("Holm's adjustment is its definition's, and passes over tests that could not be made", (t) => {
  for (const { ps, adjusted } of golden.adjusted)
    for (const [nth, p] of holm(ps).entries()) isClose(t, p, adjusted[nth] ?? Number.NaN, `${ps}`);
  t.deepEqual(holm([null, 0.02, null, 0.5]), [null, 0.04, null, 0.5]);
  t.deepEqual(holm([]), []);
});

test('clustered variance is the unclustered one where every row is a photograph of its own', (t) => {
  const { first, second } = golden.cases[1]!;
  const [one, other] = [first, second].map((sides) => placementsOf(rankingOf(sides, '')));
  const rows = first[0].length + first[1].length;
  const own = { count: rows, of: Uint32Array.from({ length: rows }, (_, row) => row) };
  isClose(t, aurocCovariance(one!, other!, own), aurocCovariance(one!, other!, null) ?? 0, 'covariance');
});

test('where nothing varies, or a class has one photograph, there is no interval and no test', (t) => {
  const of = (inDomain: readonly number[], outlier: readonly number[]) => {
    const ranking = rankingOf([inDomain, outlier], '');
    return { ranking, placements: placementsOf(ranking) };
  };
  const perfect = of([1, 2, 3], [4, 5, 6]);
  t.is(perfect.placements.auroc, 1);
  t.is(logitInterval(1, aurocError(perfect.placements, null)), null);
  const left = jackknifeAurocs(perfect.ranking, perfect.placements, null);
  t.is(bcaInterval(1, new Float64Array(50).fill(1), left), null);
  const tied = of([1, 1, 1], [1, 1]);
  t.is(tied.placements.auroc, 0.5);
  t.is(logitInterval(0.5, aurocError(tied.placements, null)), null);
  const single = of([1, 2, 3], [2]);
  t.is(aurocError(single.placements, null), null);
  t.is(jackknifeAurocs(single.ranking, single.placements, null), null);
  // All outliers are of one photograph.
  const clusters = clustersOf(basesOf(['a', 'b', 'c']), basesOf(['d', 'd', 'd']));
  t.is(aurocError(of([1, 2, 3], [2, 4, 5]).placements, clusters), null);
  const wrong = of([4, 5, 6], [1, 2, 3]);
  t.deepEqual(pairedTest(perfect.placements, wrong.placements, null), {
    difference: 1,
    error: 0,
    z: null,
    p: null,
  });
  t.is(pairedTest(perfect.placements, perfect.placements, null).p, 1);
  // A single outlier tells nothing of how two detectors differ, unless they place every image alike.
  t.is(pairedTest(single.placements, of([4, 5, 6], [5]).placements, null).p, 1);
  t.is(pairedTest(single.placements, of([1, 2, 3], [4]).placements, null).p, null);
});

test('bars join runs of ranks within the critical difference, none within another', (t) => {
  t.deepEqual(cliquesOf([3, 1, 2.2, 4.6], 1.3), [
    [1, 2],
    [2, 0],
  ]);
  t.deepEqual(cliquesOf([1.5, 1.5, 2], 1), [[0, 1, 2]]);
  t.deepEqual(cliquesOf([1, 3, 5], 1), []);
  t.is(
    friedmanTest([
      [1, 1],
      [2, 2],
    ]),
    null,
  );
});
