import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import PQueue from 'p-queue';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compileGrid } from '../../stages/scoring/compile-grid.js';
import { compileForward, compilePerturbation, compileScoring } from '../../stages/scoring/compile-passes.js';
import { describeModel } from '../../stages/scoring/describe-model.js';
import { BatchMemory } from '../../workers/batch-memory.js';
import type { Engine } from '../../workers/engines/engine.js';
import { onnxRuntimeCpu } from '../../workers/engines/onnxruntime.js';
import { ImageError, type ImageSource } from '../../workers/images/source.js';
import { scoreShard } from '../../workers/score-shard.js';
import { SessionCache } from '../../workers/session-cache.js';
import { ShardImages } from '../../workers/shard-images.js';
import type { ShardScores } from '../../workers/store/shard-scores.js';
import type { GraphFile, ModelTask, ScoringTask } from '../../workers/task.js';
import { readNetwork } from '../scoring/golden-network.js';

const batch = 4;
const group = 5;
const folder = await mkdtemp(join(tmpdir(), 'grodin-'));
const passByPass = await compiled('residual');
const byGroups = await withGrid(passByPass, 'residual');
const runs: number[] = [];
const cache = new SessionCache(counting(onnxRuntimeCpu), { threads: 1 });

test.after.always(() => rm(folder, { recursive: true, force: true }));

/** Takes down how many ε each run of a grid is given. */
function counting(engine: Engine): Engine {
  return {
    ...engine,
    open: async (file, options) => {
      const session = await engine.open(file, options);
      return {
        run: (feeds) => {
          const [count, channels] = feeds.epsilon?.dims ?? [];
          if (count !== undefined && channels !== undefined) runs.push(count);
          return session.run(feeds);
        },
        dispose: () => session.dispose(),
      };
    },
  };
}

async function write(name: string, graph: Model): Promise<GraphFile> {
  const file = join(folder, `${name}.onnx`);
  const bytes = encodeModel(graph);
  await writeFile(file, bytes);
  return { file, sha256: createHash('sha256').update(bytes).digest('hex') };
}

async function compiled(network: string): Promise<ModelTask> {
  const model = readNetwork(network);
  return {
    name: network,
    sha256: '',
    forward: await write('forward', compileForward(model, { batch })),
    gradient: {
      kind: 'passes',
      perturbation: await write('perturbation', compilePerturbation(model, { batch })),
      scoring: await write('scoring', compileScoring(model, { batch })),
    },
    preprocess: { resize: null, interpolation: 'bilinear', crop: null, mean: [0, 0, 0], std: [1, 1, 1] },
    input: describeModel(model),
    epsilonScale: [4, 2, 5],
  };
}

async function withGrid(model: ModelTask, network: string): Promise<ModelTask> {
  const grid = (steps: number) => write(`grid-${steps}`, compileGrid(readNetwork(network), { batch, steps }));
  const gradient = { kind: 'grid', steps: group, several: await grid(group), single: await grid(1) } as const;
  return { ...model, gradient };
}

/** The path of an image is the seed of its noise; words can't be read. */
const source: ImageSource = {
  async read(path, _, { channels, height, width }) {
    const seed = Number(path);
    if (Number.isNaN(seed)) throw new ImageError(path, `${path}: no image`);
    const data = Float32Array.from({ length: channels * height * width }, (_, at) =>
      Math.sin(seed * 12.9 + at * 0.7 + Math.sin(at * seed)),
    );
    return { data, sha256: 'a'.repeat(64) };
  },
};

async function scoresOf(
  model: ModelTask,
  cells: ScoringTask['cells'],
  {
    paths = ['1', '2', '3', '4', '5', '6'],
    forwardTemperatures = [1, 10],
    isStopped = (): boolean => false,
  } = {},
): Promise<ShardScores | null> {
  runs.length = 0;
  const passes = await cache.of(model);
  const task = {
    model,
    rows: paths.map((path) => ({ id: path, path, label: 0, base: path })),
    cells,
    forwardCells: [],
    forwardTemperatures,
    batchSize: batch,
  };
  const images = new ShardImages(task, {
    source,
    queue: new PQueue({ concurrency: 2 }),
    memory: new BatchMemory(),
  });
  return scoreShard(task, { passes, images, isStopped });
}

function cellsOf(count: number, temperatures = [10]) {
  return temperatures.flatMap((temperature) =>
    Array.from({ length: count + 1 }, (_, at) => ({ epsilon: at * 0.0004, temperature })),
  );
}

function alike(t: ExecutionContext, a: ShardScores, b: ShardScores): void {
  const { maxLogit, logOdds, logSG, ...exact } = a;
  const { maxLogit: otherLogit, logOdds: otherOdds, logSG: otherSG, ...other } = b;
  t.deepEqual(exact, other);
  const columns = [
    [maxLogit, otherLogit],
    [logOdds, otherOdds],
    [logSG, otherSG],
  ] as const;
  for (const [one, two] of columns)
    for (const [at, value] of one.entries()) {
      const found = two[at]!;
      if (Number.isNaN(value)) t.true(Number.isNaN(found));
      else t.true(Math.abs(found - value) <= 1e-5 * Math.max(1, Math.abs(value)), `${found}, not ${value}`);
    }
}

for (const [count, expected] of [
  [1, [1, 1]],
  [2, [5]],
  [5, [5, 1]],
  [7, [5, 5]],
  [20, [5, 5, 5, 5, 1]],
] as const)
  test.serial(`${count} ε and ε = 0 by groups score as they do pass by pass`, async (t) => {
    const cells = cellsOf(count);
    const reference = (await scoresOf(passByPass, cells))!;
    const found = (await scoresOf(byGroups, cells))!;
    t.deepEqual(runs, [...expected, ...expected]);
    alike(t, reference, found);
  });

test.serial('two temperatures of one shard score by groups as they do pass by pass', async (t) => {
  const cells = cellsOf(3, [1, 1000]);
  const reference = (await scoresOf(passByPass, cells))!;
  alike(t, reference, (await scoresOf(byGroups, cells))!);
});

test.serial('images that fail in a batch leave the scores of the others by groups as they are', async (t) => {
  const paths = ['1', 'broken', '3', 'Infinity', '5', 'lost'];
  const reference = (await scoresOf(passByPass, cellsOf(7), { paths }))!;
  const found = (await scoresOf(byGroups, cellsOf(7), { paths }))!;
  t.deepEqual(found.usable, [0, 2, 4]);
  t.deepEqual(
    found.failures.map(({ stage }) => stage),
    ['decoding', 'scoring', 'decoding'],
  );
  alike(t, reference, found);
});

test.serial(
  'a shard that is stopped between runs of groups gives nothing and runs nothing more',
  async (t) => {
    t.is(await scoresOf(byGroups, cellsOf(20), { isStopped: () => runs.length >= 2 }), null);
    t.deepEqual(runs, [5, 5]);
  },
);

test.serial('temperatures without a gradient are a forward pass, groups or not', async (t) => {
  const reference = (await scoresOf(passByPass, []))!;
  const found = (await scoresOf(byGroups, []))!;
  t.deepEqual(runs, []);
  t.deepEqual(found, reference);
});
