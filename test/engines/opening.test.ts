import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import test from 'ava';
import { countingPasses } from '../../workers/engines/counting-passes.js';
import type { Engine } from '../../workers/engines/engine.js';
import { openingOneAtATime, unlockOpening } from '../../workers/engines/opening-lock.js';

function engine(log: string[], fail = false): Engine {
  return {
    name: 'fake',
    version: '1',
    provider: 'fake',
    upload: async (tensor) => ({ dims: tensor.dims, read: async () => tensor, dispose: () => {} }),
    open: async (file) => {
      log.push(`open ${file}`);
      if (fail) throw new Error('no graph');
      return {
        run: async () => {
          log.push('run');
          return {};
        },
        dispose: async () => {},
      };
    },
  };
}

test('opening a graph and each pass give a sign of life before and after', async (t) => {
  const log: string[] = [];
  const counting = countingPasses(engine(log), () => log.push('tick'));
  const session = await counting.open('net', { threads: 1 });
  await session.run({});
  await session.run({});
  t.deepEqual(log, ['tick', 'open net', ...['tick', 'tick', 'run', 'tick', 'tick', 'run', 'tick']]);
});

test('the lock of opening is free again after a graph was opened, and after one could not be', async (t) => {
  const opening = new SharedArrayBuffer(4);
  const lock = { opening, number: 2, onWait: () => {} };
  await openingOneAtATime(engine([]), lock).open('net', { threads: 1 });
  await t.throwsAsync(openingOneAtATime(engine([], true), lock).open('net', { threads: 1 }));
  t.is(new Int32Array(opening)[0], 0);
});

test('a thread that waits for another gives signs of life, and goes on when that has ended', async (t) => {
  const opening = new SharedArrayBuffer(4);
  const worker = new Worker(
    `const { workerData } = require('node:worker_threads');
     Atomics.store(new Int32Array(workerData), 0, 1);`,
    { eval: true, workerData: opening },
  );
  // It ends with the lock, as a thread does that is ended while it opens a graph.
  await once(worker, 'exit');
  let waits = 0;
  const onWait = (): void => {
    waits += 1;
    unlockOpening(opening, 7);
    if (waits === 2) unlockOpening(opening, 1);
  };
  await openingOneAtATime(engine([]), { opening, number: 2, onWait }).open('net', { threads: 1 });
  t.is(waits, 2);
  t.is(new Int32Array(opening)[0], 0);
});
