import { readFileSync } from 'node:fs';
import test from 'ava';
import { compareScores, MetricError } from 'grodin/metrics';

type Sides = readonly [inDomain: readonly number[], outlier: readonly number[]];

/** Made in Python, by the sums of the papers. */
const { cases } = JSON.parse(
  readFileSync(new URL('../../../test/metrics/statistics.json', import.meta.url), 'utf8'),
) as {
  readonly cases: readonly {
    readonly name: string;
    readonly first: Sides;
    readonly second: Sides;
    readonly photographs: readonly [readonly string[], readonly string[]] | null;
    readonly aurocs: readonly number[];
    readonly logit: readonly number[];
    readonly difference: number;
    readonly error: number;
    readonly p: number;
  }[];
};

const sides = ([inDomain, outlier]: Sides) => ({ inDomain, outlier });

for (const { name, first, second, photographs, ...expected } of cases)
  test(`scores of one's own are compared by the paired test: ${name}`, (t) => {
    const [inDomain, outlier] = photographs ?? [];
    const of = inDomain && outlier ? { photographs: { inDomain, outlier } } : {};
    const found = compareScores(sides(first), sides(second), of);
    const near = (value: number | null, wanted: number | undefined): boolean =>
      t.true(Math.abs((value ?? Number.NaN) - (wanted ?? Number.NaN)) < 1e-12);
    near(found.first.auroc, expected.aurocs[0]);
    near(found.second.auroc, expected.aurocs[1]);
    near(found.difference, -expected.difference);
    near(found.standardError, expected.error);
    near(found.p, expected.p);
    near(found.first.low, expected.logit[0]);
    near(found.first.high, expected.logit[1]);
  });

test('where nothing varies there is no error, no interval and no p, but of equal detectors', (t) => {
  const few = compareScores({ inDomain: [0, 1], outlier: [2] }, { inDomain: [0, 3], outlier: [2] });
  t.deepEqual([few.standardError, few.z, few.p, few.first.low], [null, null, null, null]);
  const same = { inDomain: [0, 1, 2], outlier: [1, 2, 3] };
  t.deepEqual([compareScores(same, same).difference, compareScores(same, same).p], [0, 1]);
  t.throws(() => compareScores(same, { ...same, outlier: [1, Number.NaN, 3] }), { instanceOf: MetricError });
});
