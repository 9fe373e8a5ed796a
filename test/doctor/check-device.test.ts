import { join } from 'node:path';
import test from 'ava';
import { advise, adviseAll, type DeviceReport, deviceState } from '../../pipeline/doctor/examine.js';
import { deviceKind } from '../../workers/devices/index.js';
import { checkDevice } from '../../workers/doctor/check-device.js';
import { countShares } from '../../workers/doctor/left-to-cpu.js';
import { speedNetworks } from '../../workers/doctor/speed-networks.js';
import { evenSplits } from '../../workers/doctor/splits.js';
import { temporaryFolder } from '../temporary-folder.js';

const task = {
  device: { name: 'cpu', which: null },
  precision: 'fp32',
  networks: ['softmax'],
  paritySeconds: 1,
  speed: [],
  speedSeconds: 1,
  split: null,
} as const;

test('a native crash is the result of its device, and what was found before is kept', async (t) => {
  const folder = await temporaryFolder(t, {
    'crash.mjs':
      "process.once('message', () => process.send({ kind: 'engine', name: 'a', version: '1', provider: 'b' }, " +
      "() => { console.error('the driver is upset'); process.abort(); }));",
  });
  const found = await checkDevice(task, join(folder, 'crash.mjs'));
  t.is(found.engine?.name, 'a');
  t.is(deviceState(found), 'failed');
  t.regex(found.problem?.message ?? '', /its process was ended by SIGABRT/);
});

const [small = '', large = ''] = Object.keys(speedNetworks);

/** A device's report with its rates on the small and the large network. */
function report(device: string, state: DeviceReport['state'], ...rates: (number | null)[]): DeviceReport {
  const speed = (network: string, imagesPerSecond: number | null) => ({
    network,
    batch: 8,
    imagesPerSecond,
    split: null,
    leftOut: null,
  });
  return {
    engine: null,
    notes: [],
    parity: [],
    nodes: null,
    problem: null,
    description: '',
    precision: 'fp32',
    precisions: deviceKind(device.split(':')[0]!).precisions.slice(1),
    device,
    state,
    speed: [speed(small, rates[0] ?? null), speed(large, rates[1] ?? null)],
  };
}

test('the quickest device that agrees with float64 is advised, by the largest network timed', (t) => {
  const cpu = report('cpu', 'works', 900, 12);
  t.is(advise([cpu, report('cuda:1', 'works', 500, 800)])?.device, 'cuda');
  t.is(advise([cpu, report('cuda:1', 'wrong', 500, 800)])?.device, 'cpu');
  t.is(advise([cpu, report('webgpu', 'works', 5, null)])?.device, 'cpu');
});

test('for another precision the quickest device that can be asked for it is advised', (t) => {
  const reports = [
    report('cpu', 'works', 900, 12),
    report('cuda:0', 'works', 500, 8),
    report('tensorrt:0', 'wrong', 900, 80),
    report('tfjs-gpu:0', 'works', 400, 4),
  ];
  const { fp32, tf32, fp16 } = adviseAll(reports);
  t.is(fp32?.device, 'cpu');
  t.is(tf32?.device, 'cuda');
  t.is(fp16?.device, 'cuda');
  t.is(adviseAll(reports.filter(({ device }) => device !== 'cuda:0')).fp16, null);
  t.is(advise([report('cpu', 'missing')]), null);
  t.is(advise([report('cpu', 'works')])?.why, 'nothing was timed');
});

test('nodes that a provider leaves to the CPU are counted by operation', (t) => {
  const event = (name: string, provider: string, operation: string) => ({
    cat: 'Node',
    name,
    ts: 0,
    dur: 1,
    args: { op_name: operation, provider },
  });
  const events = [
    event('a_kernel_time', 'WebGpuExecutionProvider', 'Conv'),
    event('b_kernel_time', 'CPUExecutionProvider', 'Sum'),
    event('c_kernel_time', 'CPUExecutionProvider', 'Sum'),
    event('c_fence_before', 'CPUExecutionProvider', 'Sum'),
  ];
  t.deepEqual(countShares(events), { nodes: 3, leftToCpu: { Sum: 2 } });
});

test('cores are divided evenly', (t) => {
  t.deepEqual(evenSplits(4), [
    { workers: 1, threads: 4 },
    { workers: 2, threads: 2 },
    { workers: 4, threads: 1 },
  ]);
});
