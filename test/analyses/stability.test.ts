import { readFileSync } from 'node:fs';
import test from 'ava';
import { compareChoices } from '../../pipeline/analyses/stability.js';
import { prepareSearch } from '../../pipeline/selection/select.js';
import type { PoolSurfaces } from '../../pipeline/selection/surface.js';
import { type Cell, cellKey } from '../../stages/cells.js';
import { detectorNamed } from '../../stages/detectors/index.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';

interface Golden {
  readonly cells: readonly Cell[];
  readonly cases: readonly {
    readonly name: string;
    readonly inDomain: readonly (readonly number[])[];
    readonly sets: readonly { readonly name: string; readonly scores: readonly (readonly number[])[] }[];
    readonly surfaces: Readonly<Record<string, readonly number[]>>;
    readonly expected: readonly {
      readonly outlier: string;
      readonly choice: string;
      readonly epsilon: number;
      readonly temperature: number;
      readonly pools: number;
      readonly meanAuroc: number;
      readonly validationAuroc: number;
      readonly lost: number;
    }[];
  }[];
}

// Made by scripts/golden/stability.py.
const golden: Golden = JSON.parse(
  readFileSync(new URL('../../../test/analyses/stability.json', import.meta.url), 'utf8'),
);

const grid = { epsilon: [0, 0.001, 0.002], temperature: [1, 10] };
const sg = detectorNamed('SG');

function split(set: string, scores: readonly (readonly number[])[]): SplitScores {
  const size = scores[0]!.length;
  return {
    set,
    size,
    labels: new Int32Array(size),
    failed: 0,
    idAt: (image) => `${set} ${image}`,
    baseAt: (image) => `${set} ${image}`,
    at: (cell) => ({
      predicted: new Int32Array(size),
      maxLogit: new Float64Array(size),
      logOdds: new Float64Array(size),
      logSG: Float64Array.from(scores[golden.cells.findIndex((one) => cellKey(one) === cellKey(cell))]!),
    }),
  };
}

for (const { name, inDomain, sets, surfaces: expectedSurfaces, expected } of golden.cases) {
  const search = prepareSearch({
    ...{ model: 'm', inDomain: split('clean', inDomain), detectors: [sg], grid },
  });
  const chosen = sets.map((set) => ({ name: set.name, ...search.choose(split(set.name, set.scores)) }));
  const surfaces = chosen.map((one): PoolSurfaces => {
    return { model: 'm', pool: [one.name], detectors: one.surfaces };
  });

  test(`${name}: the search gives the ROC-AUC of every cell that it chose from`, (t) => {
    for (const { pool, detectors } of surfaces) {
      t.deepEqual(detectors[0]!.cells, golden.cells);
      const auroc = expectedSurfaces[pool[0]!]!;
      for (const [i, value] of detectors[0]!.aurocs.entries()) t.true(Math.abs(value - auroc[i]!) <= 1e-12);
    }
  });

  test(`${name}: cells chosen on other sets, and on all, are those of the largest exact mean, the first of ties`, (t) => {
    const found = chosen.flatMap((one) =>
      compareChoices({
        own: one.rows.find(({ ablation }) => ablation === 'full')!,
        pool: [one.name],
        surfaces,
        detector: sg,
        cells: sg.cells('full', grid),
        testAuroc: ({ epsilon, temperature }) => epsilon + temperature,
      }),
    );
    t.is(found.length, expected.length);
    for (const [i, row] of found.entries()) {
      const { meanAuroc, validationAuroc, lost, ...same } = expected[i]!;
      t.like(row, { ...same, testAuroc: same.epsilon + same.temperature });
      for (const [value, wanted] of [
        [row.meanAuroc, meanAuroc],
        [row.validationAuroc, validationAuroc],
        [row.lost, lost],
      ] as const)
        t.true(Math.abs(value - wanted) <= 1e-12, `${same.outlier} ${same.choice}`);
    }
  });
}

test('sets that share images of a pool count once, and are left out together', (t) => {
  const { sets, inDomain } = golden.cases[0]!;
  const search = prepareSearch({ model: 'm', inDomain: split('clean', inDomain), detectors: [sg], grid });
  const surfacesOf = (pool: readonly string[], set: (typeof sets)[number]): PoolSurfaces => {
    return { model: 'm', pool, detectors: search.choose(split(set.name, set.scores)).surfaces };
  };
  const [o, r, a] = sets;
  const group = surfacesOf(['O', 'R'], o!);
  const surfaces = [group, surfacesOf(['R'], r!), surfacesOf(['A'], a!)];
  const own = search.choose(split('O', o!.scores)).rows.find(({ ablation }) => ablation === 'full')!;
  const compared = { own, surfaces, detector: sg, cells: sg.cells('full', grid), testAuroc: () => null };
  const rows = compareChoices({ ...compared, pool: ['O', 'R'] });
  t.deepEqual(
    rows.map(({ choice, pools, testAuroc }) => [choice, pools, testAuroc]),
    [
      ['own-set', 1, null],
      ['other-sets', 1, null],
      ['all-sets', 3, null],
    ],
  );
  const alone = compareChoices({ ...compared, surfaces: surfaces.slice(0, 2), pool: ['O', 'R'] });
  t.deepEqual(
    alone.map(({ choice }) => choice),
    ['own-set', 'all-sets'],
  );
  t.deepEqual(compareChoices({ ...compared, pool: ['O', 'R'], cells: sg.cells('vanilla', grid) }), []);
});
