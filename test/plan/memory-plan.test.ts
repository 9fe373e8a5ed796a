import test from 'ava';
import { formatBytes, parseBytes } from '../../manifests/input/bytes.js';
import {
  chooseBatch,
  LARGEST_BATCH,
  type ModelMemory,
  memoryPlanText,
  planMemory,
  poolBytes,
} from '../../pipeline/plan/memory-plan.js';
import { deviceKinds } from '../../workers/devices/index.js';
import type { MemoryUse } from '../../workers/engines/memory-use.js';

const use: MemoryUse = {
  processBytes: 200e6,
  workerBytes: 30e6,
  weightFactor: 2,
  valueFactor: 1.5,
  values: 'kept by each graph',
};
const small: ModelMemory = [{ imageBytes: 10e6, fixedBytes: 50e6 }];
const large: ModelMemory = [
  { imageBytes: 20e6, fixedBytes: 50e6 },
  { imageBytes: 80e6, fixedBytes: 100e6 },
];
const models = [small, large];

test('a pool takes what its largest model takes, in every worker', (t) => {
  const base = poolBytes([], 8, 0, use);
  const one = poolBytes(models, 8, 1, use) - base;
  t.is(poolBytes([large], 8, 1, use) - base, one);
  t.is(poolBytes(models, 8, 3, use) - base, 3 * one);
  t.true(poolBytes([small], 8, 1, use) - base < one);
});

test('graphs that take the same memory in turn take what the largest does, beside all weights', (t) => {
  const base = poolBytes([], 8, 1, use);
  t.is(poolBytes([large], 8, 1, use) - base, 2 * 150e6 + 1.5 * 8 * 100e6);
  const shared: MemoryUse = { ...use, values: 'shared by all graphs' };
  t.is(poolBytes([large], 8, 1, shared) - base, 2 * 150e6 + 1.5 * 8 * 80e6);
});

test('TensorFlow.js on WebAssembly is planned with more memory than in plain JavaScript, and than ONNX Runtime', (t) => {
  const bytes = (name: string, which: string | null = null) =>
    poolBytes([small], 1, 2, deviceKinds.find((kind) => kind.name === name)!.memoryUse(which));
  t.true(bytes('tfjs') > bytes('tfjs', 'cpu'));
  t.is(bytes('tfjs'), bytes('tfjs', 'wasm'));
  t.true(bytes('tfjs') > bytes('cpu'));
});

test('a worker takes something before it opens a graph', (t) => {
  t.true(poolBytes([], 8, 2, use) > poolBytes([], 8, 1, use));
});

test('the largest batch that fits is chosen: one more image does not fit', (t) => {
  for (const workers of [1, 2, 5]) {
    const batch = chooseBatch(() => models, workers, 4e9, use)!;
    t.true(poolBytes(models, batch, workers, use) <= 4e9);
    t.true(batch === LARGEST_BATCH || poolBytes(models, batch + 1, workers, use) > 4e9);
  }
});

test('however much memory there is, batches stay at most 32 images', (t) => {
  t.is(
    chooseBatch(() => models, 1, 1e15, use),
    32,
  );
});

test('graphs that differ with the batch are asked for the batch at hand', (t) => {
  const costly = 4;
  const memoryAt = (batch: number) => [[{ imageBytes: batch > costly ? 300e6 : 100e6, fixedBytes: 0 }]];
  const batch = chooseBatch(memoryAt, 1, 2e9, use)!;
  t.true(poolBytes(memoryAt(batch), batch, 1, use) <= 2e9);
});

test('where all workers are too many, fewer get a batch of at least one image', (t) => {
  const justOne = poolBytes(models, 1, 1, use);
  t.is(
    chooseBatch(() => models, 8, justOne, use),
    1,
  );
  t.is(
    chooseBatch(() => models, 8, justOne - 1, use),
    null,
  );
});

test('with a settled batch as many workers run as fit', (t) => {
  t.is(planMemory(models, 8, 4, null, use)!.workers, 4);
  t.is(planMemory(models, 8, 4, poolBytes(models, 8, 4, use), use)!.workers, 4);
  t.is(planMemory(models, 8, 4, poolBytes(models, 8, 4, use) - 1, use)!.workers, 3);
  t.is(planMemory(models, 8, 4, poolBytes(models, 8, 1, use) - 1, use), null);
});

test('the plan reads as one line', (t) => {
  t.is(
    memoryPlanText({
      batchSize: 8,
      workers: 2,
      plannedBytes: 3.14e9,
      allowedBytes: 4e9,
      decodingBytes: 64e6,
    }),
    'memory: about 3.1 GB planned of 4.0 GB allowed, for 2 workers with batches of 8',
  );
  t.is(
    memoryPlanText({
      batchSize: 8,
      workers: 1,
      plannedBytes: 512e6,
      allowedBytes: null,
      decodingBytes: null,
    }),
    'memory: about 512 MB planned, for 1 worker with batches of 8',
  );
});

test('sizes are read in decimal and binary units, and nothing else is a size', (t) => {
  const sizes = {
    '4GB': 4e9,
    '1.5 gb': 1.5e9,
    '800M': 8e8,
    '2GiB': 2 ** 31,
    '1000': 1000,
    '.5T': 5e11,
    '7 B': 7,
  };
  for (const [text, bytes] of Object.entries(sizes)) t.is(parseBytes(text), bytes, text);
  for (const text of ['', 'GB', '0', '-1GB', '4 G B', '4GBs', '1e9', '0x10', '9'.repeat(30)])
    t.is(parseBytes(text), null, text);
  t.is(formatBytes(999.9e6), '1.0 GB');
  t.is(formatBytes(1e6 + 1), '2 MB');
  t.is(formatBytes(1e5), '100 KB');
  t.is(formatBytes(4), '4 bytes');
});
