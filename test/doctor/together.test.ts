import { join } from 'node:path';
import test from 'ava';
import { splitThatFits } from '../../workers/doctor/split-that-fits.js';
import { scoreTogether } from '../../workers/doctor/together.js';
import { temporaryFolder } from '../temporary-folder.js';

const task = {
  device: { name: 'cpu', which: null },
  precision: 'fp32',
  passes: {
    batch: 8,
    channels: 3,
    height: 8,
    width: 8,
    perturbation: { kind: 'perturbation', file: 'none', inputs: [] },
    scoring: { kind: 'scoring', file: 'none', inputs: [] },
    memory: [],
  },
  seconds: 1,
} as const;

test('workers count together, and a batch as one of them has it', async (t) => {
  const folder = await temporaryFolder(t, {
    'worker.mjs': `
      import { parentPort, workerData, threadId } from 'node:worker_threads';
      const { ready, workers } = workerData;
      const place = Atomics.add(new Int32Array(ready), 0, 1);
      parentPort.postMessage({ batch: 8,
    channels: 3,
    height: 8,
    width: 8, seconds: place === 0 ? [2, 2] : [4] });`,
  });
  const found = await scoreTogether({ workers: 3, threads: 1 }, task, join(folder, 'worker.mjs'));
  t.is(found.imagesPerSecond, 8 / 2 + 8 / 4 + 8 / 4);
  t.is(found.batchSeconds, 3);
});

test('where one worker fails, those that wait for it are ended', async (t) => {
  const folder = await temporaryFolder(t, {
    'worker.mjs': `
      import { workerData } from 'node:worker_threads';
      const counter = new Int32Array(workerData.ready);
      if (Atomics.add(counter, 0, 1) === 0) throw new Error('no memory');
      Atomics.wait(counter, 0, 2);`,
  });
  const ended = scoreTogether({ workers: 2, threads: 1 }, task, join(folder, 'worker.mjs'));
  await t.throwsAsync(ended, { any: true, message: 'no memory' });
});

test('a worker that ends without a word is an error', async (t) => {
  const folder = await temporaryFolder(t, { 'worker.mjs': 'process.exit(3);' });
  const ended = scoreTogether({ workers: 1, threads: 1 }, task, join(folder, 'worker.mjs'));
  await t.throwsAsync(ended, { message: 'a worker ended with exit code 3 before it was timed' });
});

test('a check has as many workers as fit into the memory that it may take, on the same cores', (t) => {
  // 30 MB for the thread, and twice 50 MB of weights and 8 images of 10 MB: 290 MB a worker.
  const graphs = [{ imageBytes: 10e6, fixedBytes: 50e6 }];
  const usual = { workers: 16, threads: 1 };
  t.deepEqual(splitThatFits(usual, graphs, 8, 5 * 290e6), { workers: 5, threads: 3 });
  t.deepEqual(splitThatFits(usual, graphs, 8, 5 * 290e6 - 1), { workers: 4, threads: 4 });
  t.deepEqual(splitThatFits(usual, graphs, 8, 1e12), usual);
  t.deepEqual(splitThatFits(usual, graphs, 8, 1), { workers: 1, threads: 16 });
});
