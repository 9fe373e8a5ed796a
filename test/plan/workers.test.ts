import test from 'ava';
import { countWorkers, planWorkers } from '../../pipeline/plan/workers.js';
import { InputError } from '../../stages/errors.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';

nameSettingsAsOptions();

const cpu = [{ name: 'cpu', which: null }];
const groups = ['0', '1', '2'].map((which) => ({ name: 'cpu', which }));
const gpus = ['0', '2'].map((which) => ({ name: 'cuda', which }));

test('workers on the CPU fill its cores, and no core is given twice', (t) => {
  for (const cores of [1, 2, 3, 16, 17]) {
    for (let count = 1; count <= cores; count += 1) {
      const planned = planWorkers(cpu, count, cores);
      t.is(planned.length, count);
      t.is(
        planned.reduce((sum, { threads }) => sum + threads, 0),
        cores,
        `${count} workers on ${cores} cores`,
      );
      const threads = planned.map((worker) => worker.threads);
      t.true(Math.max(...threads) - Math.min(...threads) <= 1);
    }
  }
});

test('more workers than cores have one thread each', (t) => {
  t.deepEqual(
    planWorkers(cpu, 3, 2).map(({ threads }) => threads),
    [1, 1, 1],
  );
});

test('each GPU has one worker', (t) => {
  t.is(countWorkers(gpus, null), 2);
  t.is(countWorkers(gpus, 2), 2);
  t.deepEqual(
    planWorkers(gpus, 2, 8).map(({ device }) => device.which),
    ['0', '2'],
  );
});

test('each named group of cores has one worker, and where memory is short the first ones are kept', (t) => {
  t.is(countWorkers(groups, null), 3);
  t.deepEqual(
    planWorkers(groups, 2, 6).map(({ device, threads }) => [device.which, threads]),
    [
      ['0', 3],
      ['1', 3],
    ],
  );
});

test('a backend of TensorFlow.js is shared by workers, as the CPU is', (t) => {
  const backend = [{ name: 'tfjs', which: 'cpu' }];
  t.is(countWorkers(backend, 3), 3);
  t.deepEqual(
    planWorkers(backend, 2, 2).map(({ device }) => device.which),
    ['cpu', 'cpu'],
  );
});

test('another number of workers than of devices is refused', (t) => {
  t.throws(() => countWorkers(gpus, 3), {
    instanceOf: InputError,
    message:
      '--workers: found 3, but cuda:0, cuda:2 have one worker each; leave --workers out, or name other devices',
  });
  t.throws(() => countWorkers(gpus.slice(0, 1), 2), { message: /but cuda:0 has one worker;/ });
});
