import test from 'ava';
import { coresOf } from '../../scripts/launch/cores.js';
import { type LaunchResources, planProcesses } from '../../scripts/launch/plan-processes.js';
import { InputError } from '../../stages/errors.js';
import type { Device } from '../../workers/devices/device.js';

const cpu: readonly Device[] = [{ name: 'cpu', which: null }];
const several = (name: string, ...numbers: string[]): readonly Device[] =>
  numbers.map((which) => ({ name, which }));

const resources: LaunchResources = {
  devices: cpu,
  processes: null,
  parallelism: 4,
  cores: [0, 1, 2, 3],
  workers: null,
  memory: null,
};

test.before(() => {
  delete process.env.CUDA_VISIBLE_DEVICES;
});

test('each NVIDIA GPU has a process that sees only this one', (t) => {
  t.deepEqual(planProcesses({ ...resources, devices: several('cuda', '0', '3') }), [
    {
      name: 'cuda:0',
      prefix: [],
      options: ['--device', 'cuda:0'],
      environment: { CUDA_VISIBLE_DEVICES: '0' },
    },
    {
      name: 'cuda:3',
      prefix: [],
      options: ['--device', 'cuda:0'],
      environment: { CUDA_VISIBLE_DEVICES: '3' },
    },
  ]);
});

test.serial('numbers of GPUs count those that the launcher itself may use', (t) => {
  process.env.CUDA_VISIBLE_DEVICES = '5,7';
  t.teardown(() => {
    delete process.env.CUDA_VISIBLE_DEVICES;
  });
  const [one] = planProcesses({ ...resources, devices: several('tensorrt', '1') });
  t.deepEqual(one!.environment, { CUDA_VISIBLE_DEVICES: '7' });
  t.throws(() => planProcesses({ ...resources, devices: several('cuda', '2') }), {
    message: /there is no GPU 2: CUDA_VISIBLE_DEVICES is "5,7"/,
  });
});

test('processes on the CPU are pinned to groups of cores that fill the machine', (t) => {
  const prefixes = (processes: number, cores: readonly number[]) => {
    return planProcesses({ ...resources, processes, cores, parallelism: cores.length }).map(({ prefix }) =>
      prefix.join(' '),
    );
  };
  t.deepEqual(prefixes(2, [0, 1, 2, 3]), ['taskset -c 0,1', 'taskset -c 2,3']);
  t.deepEqual(prefixes(3, [0, 1, 4, 5]), ['taskset -c 0', 'taskset -c 1', 'taskset -c 4,5']);
  t.deepEqual(prefixes(1, [0, 1]), ['']);
});

test('groups of cores that have names are a process each', (t) => {
  t.deepEqual(
    planProcesses({ ...resources, devices: several('cpu', '0', '1') }).map(({ name, prefix, options }) => [
      name,
      prefix.join(' '),
      options.join(' '),
    ]),
    [
      ['cpu:0', 'taskset -c 0,1', '--device cpu:0'],
      ['cpu:1', 'taskset -c 2,3', '--device cpu:1'],
    ],
  );
});

test('where they can’t be pinned, each gets its share of workers', (t) => {
  const processes = planProcesses({ ...resources, cores: null, processes: 2 });
  t.deepEqual(
    processes.map(({ name, prefix, options }) => [name, prefix, options.join(' ')]),
    [
      ['cpu 1', [], '--device cpu --workers 2'],
      ['cpu 2', [], '--device cpu --workers 2'],
    ],
  );
});

test('unless told otherwise there is a process for every 8 cores', (t) => {
  const count = (parallelism: number) => planProcesses({ ...resources, cores: null, parallelism }).length;
  t.deepEqual([1, 2, 8, 9, 64].map(count), [1, 1, 1, 2, 8]);
});

test('memory is for all processes together', (t) => {
  for (const { options } of planProcesses({ ...resources, processes: 2, memory: 8e9 })) {
    t.deepEqual(options.slice(-2), ['--memory', '4000000000']);
  }
});

test('numbers of processes or workers that GPUs can’t have are refused', (t) => {
  for (const option of ['processes', 'workers']) {
    t.throws(() => planProcesses({ ...resources, devices: several('cuda', '0', '1'), [option]: 3 }), {
      instanceOf: InputError,
      message: new RegExp(
        `^--${option}: found 3, but cuda:0, cuda:1 have one each, 2 in all; leave --${option} out`,
      ),
    });
  }
  t.throws(() => planProcesses({ ...resources, devices: several('cuda', '1'), processes: 1000 }), {
    instanceOf: InputError,
    message: /^--processes: found 1000, but cuda:1 has one; leave/,
  });
});

test('more processes than cores are refused, however they are asked for', (t) => {
  t.is(planProcesses({ ...resources, processes: 4 }).length, 4);
  t.throws(() => planProcesses({ ...resources, processes: 5 }), {
    instanceOf: InputError,
    message: '--processes: found 5, but there are 4 cores to run on; ask for 4 at most',
  });
  t.throws(
    () => planProcesses({ ...resources, devices: several('cpu', '0', '1'), parallelism: 1, cores: [6] }),
    {
      instanceOf: InputError,
      message: '--device: found 2 groups of cores, but there is 1 core to run on; ask for 1 at most',
    },
  );
});

test('lists of cores are read as Linux writes them', (t) => {
  t.deepEqual(coresOf('0-2,8,10-11'), [0, 1, 2, 8, 10, 11]);
  t.is(coresOf('none'), null);
});
