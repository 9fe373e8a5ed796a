import test from 'ava';
import PQueue from 'p-queue';
import { signatures } from '../../stages/scoring/signature.js';
import { BatchMemory } from '../../workers/batch-memory.js';
import type { EngineTensor, HostTensor } from '../../workers/engines/engine.js';
import { ImageError, type ImageSource } from '../../workers/images/source.js';
import { ModelPasses } from '../../workers/passes/model-passes.js';
import { type ScoringContext, scoreShard } from '../../workers/score-shard.js';
import { ShardImages } from '../../workers/shard-images.js';
import type { ScoringTask } from '../../workers/task.js';

// A network of one pixel x whose logits are (x, 0), and whose log ‖Jᵀv‖² is 10 x.
const value = (feeds: Readonly<Record<string, HostTensor>>, slot: number): number =>
  Number(feeds.image!.data[slot]) -
  Number(feeds.epsilon?.data[0] ?? 0) * Number(feeds.direction?.data[slot] ?? 0);

/** A tensor that counts how many are not disposed of. */
class FakeTensor implements EngineTensor {
  static alive = 0;
  readonly dims: readonly number[];
  #disposed = false;

  constructor(readonly host: HostTensor) {
    this.dims = host.dims;
    FakeTensor.alive += 1;
  }

  async read(): Promise<HostTensor> {
    if (this.#disposed) throw new Error('read after it was disposed of');
    return this.host;
  }

  dispose(): void {
    if (!this.#disposed) FakeTensor.alive -= 1;
    this.#disposed = true;
  }
}

type HostTensors = Readonly<Record<string, HostTensor>>;

function sessions(calls: string[]) {
  const session = (kind: string, run: (feeds: HostTensors) => HostTensors) => async () => ({
    async run(feeds: Readonly<Record<string, EngineTensor>>) {
      const read: Record<string, HostTensor> = {};
      for (const [name, tensor] of Object.entries(feeds)) read[name] = await tensor.read();
      calls.push(`${kind} T=${read.temperature?.data[0]} ε=${read.epsilon?.data[0]}`);
      const outputs = Object.entries(run(read)).map(([name, tensor]) => [name, new FakeTensor(tensor)]);
      return Object.fromEntries(outputs);
    },
    dispose: async () => {},
  });
  const floats = (values: readonly number[], dims = [values.length]): HostTensor => {
    return { type: 'float32', dims, data: Float32Array.from(values) };
  };
  // What a scoring graph gives besides, and shards are not made from.
  const unread = (count: number): HostTensors =>
    Object.fromEntries(
      Object.values(signatures.scoring.outputs).map(({ name, type }): [string, HostTensor] => [
        name,
        type === 'int64'
          ? { type, dims: [count], data: new BigInt64Array(count) }
          : floats(Array(count).fill(0)),
      ]),
    );
  const slots = (feeds: HostTensors) => Array.from(feeds.image!.data.keys());
  const logits = (feeds: HostTensors) =>
    floats(
      slots(feeds).flatMap((slot) => [value(feeds, slot), 0]),
      [slots(feeds).length, 2],
    );
  const perturbation = session('perturbation', (feeds) => ({
    direction: { ...feeds.image!, data: new Float32Array(feeds.image!.data.length).fill(-1) },
    logits: logits(feeds),
  }));
  return {
    forward: session('forward', (feeds) => ({ logits: logits(feeds) })),
    moving: {
      perturbation,
      move: session('move', (feeds) => ({
        moved: { ...feeds.image!, data: Float32Array.from(slots(feeds), (slot) => value(feeds, slot)) },
      })),
    },
    gradient: {
      kind: 'passes' as const,
      perturbation,
      scoring: session('scoring', (feeds) => ({
        ...unread(slots(feeds).length),
        logits: logits(feeds),
        log_norm: floats(slots(feeds).map((slot) => 10 * value(feeds, slot))),
      })),
    },
    dispose: async () => {},
  };
}

function task(values: readonly string[], change: Partial<ScoringTask> = {}): ScoringTask {
  return {
    model: {
      preprocess: { resize: null, interpolation: 'bilinear', crop: null, mean: [0, 0, 0], std: [1, 1, 1] },
      input: { channels: 1, height: 1, width: 1 },
      epsilonScale: [4],
    },
    rows: values.map((path) => ({ id: `id ${path}`, path, label: 0, base: path })),
    cells: [0, 0.5].map((epsilon) => ({ epsilon, temperature: 2 })),
    forwardCells: [],
    forwardTemperatures: [],
    batchSize: 2,
    ...change,
  };
}

/** The path of an image is its pixel; words can't be read. */
const source: ImageSource = {
  async read(path) {
    if (Number.isNaN(Number(path))) throw new ImageError(path, `${path}: no image`);
    return { data: Float32Array.of(Number(path)), sha256: path };
  },
};

function context(calls: string[], isStopped = () => false) {
  const engine = { upload: async (tensor: HostTensor) => new FakeTensor(tensor) };
  const passes = new ModelPasses(engine, sessions(calls));
  return { passes, isStopped };
}

const scored = (task: ScoringTask, context: Omit<ScoringContext, 'images'>) =>
  scoreShard(task, {
    ...context,
    images: new ShardImages(task, {
      source,
      queue: new PQueue({ concurrency: 2 }),
      memory: new BatchMemory(),
    }),
  });

test.after('every tensor was given back', (t) => {
  t.is(FakeTensor.alive, 0);
});

test('one perturbation a temperature and batch serves every ε, and ε = 0 needs none', async (t) => {
  const calls: string[] = [];
  const scores = await scored(
    task(['1', '2', '3'], { cells: [0, 0.25, 0.5].map((epsilon) => ({ epsilon, temperature: 2 })) }),
    context(calls),
  );
  const batch = ['scoring T=2 ε=0', 'perturbation T=2 ε=undefined', 'scoring T=2 ε=1', 'scoring T=2 ε=2'];
  t.deepEqual(calls, [...batch, ...batch]);
  t.is(scores!.predicted.length, 9);
});

test('scores come cell by cell at the perturbed image, ε scaled by channel', async (t) => {
  const scores = (await scored(task(['1', '2', '3']), context([])))!;
  // ε = 0.5 is 2 in the network's input, along a direction of −1.
  t.deepEqual([...scores.maxLogit], [1, 2, 3, 3, 4, 5]);
  t.deepEqual([...scores.logOdds], [0.5, 1, 1.5, 1.5, 2, 2.5]);
  const p = 1 / (1 + Math.exp(0.5));
  t.true(Math.abs(scores.logSG[0]! - (2 * Math.log(p / 2) + 10)) < 1e-12);
});

test('forward-only temperatures share one forward pass and have no norm', async (t) => {
  const calls: string[] = [];
  const scores = (await scored(
    task(['1', '2'], { cells: [], forwardCells: [], forwardTemperatures: [1, 10] }),
    context(calls),
  ))!;
  t.is(calls.length, 1);
  t.deepEqual([...scores.logOdds], [1, 2, 0.1, 0.2]);
  t.true(scores.logSG.every(Number.isNaN));
});

test('a forward pass at a perturbed image takes the direction of its temperature, and no scoring pass', async (t) => {
  const calls: string[] = [];
  const forwardCells = [0.25, 0.5].map((epsilon) => ({ epsilon, temperature: 2 }));
  const change = { cells: [], forwardCells: [...forwardCells, { epsilon: 0.5, temperature: 10 }] };
  const scores = (await scored(task(['1', '2'], change), context(calls)))!;
  const [move, forward] = ['move T=undefined ε=', 'forward T=undefined ε=undefined'];
  t.deepEqual(calls, [
    ...['perturbation T=2 ε=undefined', `${move}1`, forward, `${move}2`, forward],
    ...['perturbation T=10 ε=undefined', `${move}2`, forward],
  ]);
  t.deepEqual([...scores.maxLogit], [2, 3, 3, 4, 3, 4]);
  t.deepEqual(
    [...scores.logOdds].map((one) => Math.fround(one)),
    [1, 1.5, 1.5, 2, 0.3, 0.4].map(Math.fround),
  );
  t.true(scores.logSG.every(Number.isNaN));
});

test('forward passes at perturbed images and at those as they are have places of their own, behind what has a gradient', async (t) => {
  const forwardCells = [2, 10].map((temperature) => ({ epsilon: 0.5, temperature }));
  const scores = (await scored(task(['1'], { forwardCells, forwardTemperatures: [1, 10] }), context([])))!;
  t.deepEqual(
    scores.cells.map(({ epsilon, temperature, gradient }) => [epsilon, temperature, gradient]),
    [
      [0, 2, true],
      [0.5, 2, true],
      [0.5, 2, false],
      [0.5, 10, false],
      [0, 1, false],
      [0, 10, false],
    ],
  );
  t.deepEqual([...scores.maxLogit], [1, 3, 3, 3, 1, 1]);
  t.deepEqual([...scores.logOdds].map(Math.fround), [0.5, 1.5, 1.5, 0.3, 1, 0.1].map(Math.fround));
  t.deepEqual([...scores.logSG].map(Number.isNaN), [false, false, true, true, true, true]);
});

test('an image that cannot be read keeps its slot and changes no other score', async (t) => {
  const good = (await scored(task(['1', '2', '3']), context([])))!;
  const bad = (await scored(task(['1', 'broken', '3']), context([])))!;
  t.deepEqual(bad.usable, [0, 2]);
  t.deepEqual(
    [...bad.maxLogit],
    [0, 2, 3, 5].map((at) => good.maxLogit[at]),
  );
  t.deepEqual(bad.failures, [{ row: 1, stage: 'decoding', message: 'broken: no image' }]);
});

test('a batch without a readable image is not run', async (t) => {
  const calls: string[] = [];
  const scores = (await scored(task(['one', 'two']), context(calls)))!;
  t.deepEqual(calls, []);
  t.is(scores.failures.length, 2);
});

test('an image with a score that is not finite becomes a failure at the cell it happened', async (t) => {
  const scores = (await scored(task(['1', '-Infinity', '3']), context([])))!;
  t.deepEqual(scores.usable, [0, 2]);
  t.is(scores.failures[0]!.stage, 'scoring');
  t.regex(scores.failures[0]!.message, /^-Infinity: the scores at ε=0, T=2 are not finite/);
});

test('a stopped shard gives nothing, after at most one more pass', async (t) => {
  const calls: string[] = [];
  const stopped = await scored(
    task(['1', '2', '3']),
    context(calls, () => calls.length >= 2),
  );
  t.is(stopped, null);
  t.is(calls.length, 2);
});
