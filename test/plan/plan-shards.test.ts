import test from 'ava';
import fc from 'fast-check';
import type { CorruptionSetting } from '../../manifests/imagenet/corruptions.js';
import type { Manifest } from '../../manifests/manifest.js';
import type { Demand } from '../../pipeline/plan/demand.js';
import { planShards } from '../../pipeline/plan/plan-shards.js';
import { identities } from '../../pipeline/plan/valid-shards.js';
import type { Cell } from '../../stages/cells.js';
import type { Preprocess } from '../../workers/images/preprocess.js';
import { shardIdentity } from '../../workers/shard-identity.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import { rowsOf } from '../rows-of.js';

const manifest: Manifest = {
  file: '/data/clean.csv',
  sha256: 'f'.repeat(64),
  rows: rowsOf(
    Array.from({ length: 100 }, (_, i) => ({
      id: `${i}.png`,
      path: `/data/${i}.png`,
      label: i % 10,
      base: `${i}.png`,
    })),
    '/data',
  ),
};

const model = {
  name: 'net',
  multiplications: 1e9,
  identity: {
    sha256: 'e'.repeat(64),
    preprocess: { resize: null, interpolation: 'bilinear', crop: null, mean: [0, 0, 0], std: [1, 1, 1] },
    parameters: [],
    tie: [],
    untie: [],
    epsilonScale: [1, 1, 1],
    batchSize: 8,
    engine: 'onnxruntime',
  },
} as const;

function demand(
  rows: number,
  cells: readonly Cell[],
  forwardTemperatures: readonly number[] = [],
  forwardCells: readonly Cell[] = [],
): Demand {
  const indices = Int32Array.from({ length: rows }, (_, i) => i);
  return {
    model,
    set: { name: 'clean', manifest },
    rows: indices,
    cells,
    forwardCells,
    forwardTemperatures,
    logits: [],
  };
}

function grid(epsilons: readonly number[], temperatures: readonly number[]): Cell[] {
  return epsilons.flatMap((epsilon) => temperatures.map((temperature) => ({ epsilon, temperature })));
}

function planned(demands: readonly Demand[], before: readonly PlannedShard[], seconds: number) {
  return planShards(demands, before, seconds, identities());
}

/** Every (row, cell) of the shards, as often as it is scored. */
function work(shards: readonly PlannedShard[]): string[] {
  return shards
    .flatMap((shard) =>
      Array.from(shard.rows).flatMap((row) => [
        ...shard.cells.map((cell) => `${row} ${cell.epsilon}/${cell.temperature}`),
        ...shard.forwardCells.map((cell) => `${row} forward ${cell.epsilon}/${cell.temperature}`),
        ...shard.forwardTemperatures.map((temperature) => `${row} forward 0/${temperature}`),
      ]),
    )
    .sort();
}

test('every row is scored once at every cell, a temperature and a range a shard, in whole batches', (t) => {
  const cells = grid([0, 0.001, 0.002], [1, 10]);
  const shards = planned([demand(100, cells)], [], 2);
  t.is(work(shards).length, 100 * 6);
  t.is(new Set(work(shards)).size, 100 * 6);
  for (const shard of shards) t.is(new Set(shard.cells.map((cell) => cell.temperature)).size, 1);
  t.true(shards.length > 2);
  t.true(shards.slice(0, -1).every((shard) => shard.rows.length % 8 === 0 || shard.rows.at(-1) === 99));
  t.is(new Set(shards.map((shard) => shard.id)).size, shards.length);
});

test('forward-only temperatures share one shard a range, and skip those with a backward pass', (t) => {
  const shards = planned([demand(16, [{ epsilon: 0, temperature: 5 }], [1, 5, 10])], [], 60);
  t.deepEqual(
    shards.map((shard) => [shard.cells, shard.forwardTemperatures]),
    [
      [[{ epsilon: 0, temperature: 5 }], []],
      [[], [1, 10]],
    ],
  );
});

test('cells with a forward pass alone have shards of their own, a temperature each, unless they have a backward pass', (t) => {
  const cells = grid([0.001], [1]);
  const shards = planned([demand(16, cells, [1], grid([0.001, 0.002], [1, 10]))], [], 60);
  t.deepEqual(
    shards.map((shard) => [shard.cells, shard.forwardCells, shard.forwardTemperatures]),
    [
      [cells, [], []],
      [[], grid([0.002], [1]), []],
      [[], grid([0.001, 0.002], [10]), []],
      [[], [], [1]],
    ],
  );
  t.deepEqual(planned([demand(16, [], [], grid([0.001, 0.002], [1, 10]))], shards, 60), []);
  t.is(planned([demand(16, grid([0.002], [1]))], shards, 60).length, 1);
});

test('what is planned already is not planned again', (t) => {
  const first = planned([demand(50, grid([0, 0.001], [1, 10]), [100])], [], 1);
  t.deepEqual(planned([demand(50, grid([0, 0.001], [1, 10]), [100])], first, 1), []);
});

test('a demand that grew plans exactly the difference and leaves earlier shards alone', (t) => {
  const epsilons = fc.uniqueArray(fc.constantFrom(0, 0.001, 0.002, 0.003), { minLength: 1 });
  const temperatures = fc.uniqueArray(fc.constantFrom(1, 10, 100), { minLength: 1 });
  const sizes = fc.integer({ min: 1, max: 100 });
  const demands = fc
    .tuple(sizes, epsilons, temperatures, temperatures, epsilons)
    .map(([size, e, temperature, forward, moved]) => {
      const forwardCells = grid(moved, forward).filter(({ epsilon }) => epsilon > 0);
      return demand(size, grid(e, temperature), forward, forwardCells);
    });
  fc.assert(
    fc.property(demands, demands, (before, after) => {
      const first = planned([before], [], 1);
      const second = planned([after], first, 1);
      const gradients = work([...first, ...second]).filter((item) => !item.includes('forward'));
      t.is(new Set(gradients).size, gradients.length);
      const wanted = work(planned([after], [], 1));
      const done = new Set(work([...first, ...second]));
      const covered = (item: string) => done.has(item) || done.has(item.replace('forward ', ''));
      t.true(wanted.every(covered));
      t.deepEqual(planned([after], [...first, ...second], 1), []);
    }),
  );
});

test('the identity of a shard changes with the model, the rows, the cells, the batch and the ε together, not with names', (t) => {
  const cells = grid([0.001], [1]);
  const id = (changed: Demand): string => planned([changed], [], 60)[0]!.id;
  const base = demand(8, cells);
  const withIdentity = (change: object): Demand => {
    return { ...base, model: { ...model, identity: { ...model.identity, ...change } } };
  };
  const others = [
    withIdentity({ sha256: 'd'.repeat(64) }),
    withIdentity({ batchSize: 4 }),
    withIdentity({ stepsTogether: 5 }),
    withIdentity({ stepsTogether: 2 }),
    withIdentity({ parameters: ['fc.*'] }),
    withIdentity({ layerNorms: true }),
    withIdentity({ epsilonScale: [2, 2, 2] }),
    demand(7, cells),
    demand(8, grid([0.002], [1])),
    {
      ...base,
      set: { name: 'clean', manifest: { ...manifest, rows: rowsOf([...manifest.rows].reverse(), '/data') } },
    },
  ];
  t.is(new Set([id(base), ...others.map(id)]).size, others.length + 1);
  const moved: Manifest = {
    ...manifest,
    file: '/else/clean.csv',
    rows: rowsOf(
      [...manifest.rows].map((row) => ({ ...row, path: row.path.replace('/data/', '/else/') })),
      '/else',
    ),
  };
  t.is(id({ ...base, model: { ...model, name: 'other' }, set: { name: 'x', manifest: moved } }), id(base));
});

test('a shard that is scored pass by pass has the identity of shards of this score schema from before there were groups of ε', (t) => {
  const shard = { cells: grid([0.001], [1]), forwardCells: [], forwardTemperatures: [] };
  t.is(
    shardIdentity(model.identity, 'd'.repeat(64), shard),
    '9ae686ba659b1a2f7c3767587bf6ed65b4f165f8cca3554752205fc0e694f9cc',
  );
});

test('every setting of the preprocessing is part of a shard’s identity', (t) => {
  const { preprocess } = model.identity;
  const others: readonly Partial<Preprocess>[] = [
    {},
    { resize: 32 },
    { resize: [32, 32] },
    { resize: [32, 30] },
    { crop: 30 },
    { crop: [30, 32] },
    { interpolation: 'nearest' },
    { mean: [0.1], std: [0.1] },
    { mean: [0.1], std: [0.2] },
    { truncated: 'load' },
  ];
  const found = others.map((other) =>
    shardIdentity({ ...model.identity, preprocess: { ...preprocess, ...other } }, 'rows', {
      cells: [],
      forwardCells: [],
      forwardTemperatures: [],
    }),
  );
  t.is(new Set(found).size, others.length);
});

test('the output that is scored is part of a shard’s identity where it is named', (t) => {
  const identity = (output?: string) =>
    shardIdentity({ ...model.identity, ...(output === undefined ? {} : { output }) }, 'rows', {
      cells: [],
      forwardCells: [],
      forwardTemperatures: [],
    });
  t.is(new Set([identity(), identity('a'), identity('b')]).size, 3);
});

test('the corruption of a set is part of its shards’ identities, wherever the textures of frost lie', (t) => {
  const identity = (corrupt?: CorruptionSetting) =>
    shardIdentity(model.identity, 'rows', { cells: [], forwardCells: [], forwardTemperatures: [] }, corrupt);
  const frost = { corruption: 'frost', severity: 3, seed: 0 } as const;
  const textures = { folder: '/frost', sha256: 'a'.repeat(64) };
  const all = [
    undefined,
    { ...frost, corruption: 'fog' },
    { ...frost, corruption: 'fog', severity: 4 as const },
    { ...frost, corruption: 'fog', seed: 1 },
    { ...frost, textures },
    { ...frost, corruption: 'fog', form: 'cifar-10-c' as const },
    { ...frost, textures: { ...textures, sha256: 'b'.repeat(64) } },
  ].map((corrupt) => identity(corrupt));
  t.is(new Set(all).size, all.length);
  t.is(identity({ ...frost, textures: { ...textures, folder: '/elsewhere' } }), all[4] ?? '');
});
