import { readFileSync } from 'node:fs';
import test from 'ava';
import { compareRow, type DetectorSide } from '../../pipeline/comparison/compared-row.js';
import { inOrder, matchRows, type TestImages } from '../../pipeline/comparison/matched-rows.js';
import { clustersOf } from '../../stages/metrics/clusters.js';
import { rank } from '../../stages/metrics/ranking.js';

interface GoldenSide {
  readonly inDomain: readonly number[];
  readonly outlier: readonly number[];
  readonly standardError: number;
}

interface GoldenImages {
  /** Of each image in the first run's order. */
  readonly photographs: readonly number[];
  /** Which of these each of the second run's images is. */
  readonly secondOrder: readonly number[];
}

interface Golden {
  readonly kind: 'paired' | 'clustered' | 'unpaired';
  readonly inDomain: GoldenImages;
  readonly outlier: GoldenImages;
  readonly detectors: readonly {
    readonly first: GoldenSide;
    readonly second: GoldenSide;
    readonly aurocs: readonly [number, number];
    readonly difference: number;
    readonly error: number;
    readonly z: number;
    readonly p: number;
    readonly adjustedP: number;
  }[];
}

/** Written by `scripts/golden/compared_runs.py`. */
const golden: readonly Golden[] = JSON.parse(
  readFileSync(new URL('../../../test/comparison/compared-row.json', import.meta.url), 'utf8'),
);

/** The images of both runs, by the first one's numbers. */
function imagesOf({ photographs, secondOrder }: GoldenImages): readonly [TestImages, TestImages] {
  const of = (numbers: readonly number[]): TestImages => ({
    size: numbers.length,
    idAt: (image) => `image ${numbers[image]}`,
    baseAt: (image) => `photograph ${photographs[numbers[image] ?? -1]}`,
    digestAt: (image) => `digest ${numbers[image]}`,
  });
  return [of(photographs.map((_, image) => image)), of(secondOrder)];
}

const sideOf = (auroc: number, standardError: number): DetectorSide => ({
  ...{ auroc, standardError, low: 0, high: 1, fpr95: null, epsilon: 0, temperature: 1 },
  ...{ inDomainImages: 0, outlierImages: 0 },
});

for (const { kind, inDomain, outlier, detectors } of golden)
  test(`differences of two runs are tested as by independent code: ${kind}`, (t) => {
    const inside = imagesOf(inDomain);
    const outside = imagesOf(outlier);
    const places = [matchRows('inside', ...inside).places, matchRows('outside', ...outside).places] as const;
    t.truthy(places[0]);
    t.truthy(places[1]);
    const rows = compareRow(
      detectors.map(({ first, second, aurocs }, nth) => {
        const ordered = (scores: readonly number[], at: 0 | 1) =>
          inOrder(Float64Array.from(scores), places[at] ?? new Uint32Array());
        const rankings = [
          rank(Float64Array.from(first.inDomain), Float64Array.from(first.outlier), 'first'),
          rank(ordered(second.inDomain, 0), ordered(second.outlier, 1), 'second'),
        ] as const;
        return {
          detector: `detector ${nth}`,
          first: sideOf(aurocs[0], first.standardError),
          second: sideOf(aurocs[1], second.standardError),
          rankings: kind === 'unpaired' ? null : rankings,
        };
      }),
      clustersOf(inside[0], outside[0]),
    );
    for (const [nth, expected] of detectors.entries()) {
      const row = rows[nth];
      t.is(row?.test, kind);
      // Sums in another order.
      for (const key of ['difference', 'error', 'z', 'p', 'adjustedP'] as const)
        t.true(
          Math.abs((row?.[key] ?? Number.NaN) - expected[key]) < 1e-9,
          `${key} of ${nth}: ${row?.[key]}`,
        );
      const better = expected.difference > 0 ? 'second' : 'first';
      t.is(row?.verdict, expected.adjustedP <= 0.05 ? better : 'level');
    }
    t.true(new Set(rows.map(({ verdict }) => verdict)).size > 1);
  });

test('rows match where names, photographs and bytes are the same, and else it is said what is not', (t) => {
  const [first, second] = imagesOf({ photographs: [0, 1, 2], secondOrder: [2, 0, 1] });
  t.deepEqual(matchRows('a', first, second).places, Uint32Array.of(1, 2, 0));
  const fewer = { ...second, size: 2 };
  t.is(matchRows('a', first, fewer).why, 'a: 1 of 3 test images are in the first run alone, 0 in the second');
  const other = { ...second, digestAt: (image: number) => (image === 0 ? 'x' : second.digestAt(image)) };
  t.is(matchRows('a', first, other).why, 'a: 1 of 3 test images are other files in the second run');
  const unknown = { ...first, digestAt: () => null };
  t.regex(matchRows('a', unknown, unknown).why ?? '', /^a: 3 of 3/);
  t.regex(matchRows('a', first, { ...second, baseAt: () => 'p' }).why ?? '', /^a: 3 of 3/);
});
