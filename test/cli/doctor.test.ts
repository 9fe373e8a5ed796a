import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { remember } from '../../pipeline/doctor/remembered.js';
import { deviceKinds } from '../../workers/devices/index.js';
import { runExperiment } from '../run/command.js';
import { smallExperiment } from '../run/small-experiment.js';
import { temporaryFolder } from '../temporary-folder.js';
import { grodin } from './built.js';
import { grodinHere } from './here.js';

// No device is looked for beside the CPU and what is named: a software GPU would take minutes.
test.before(() => {
  process.env.CUDA_VISIBLE_DEVICES = '';
  process.env.VK_DRIVER_FILES = '/nowhere';
});

test('doctor tells of the CPU whether it is right and how fast it is, and what to use', async (t) => {
  const folder = await temporaryFolder(t);
  const { code, out, err } = await grodin(['doctor', '--device', 'cpu', '--seconds', '1'], folder);
  t.is(code, 0, err);
  t.regex(out, /^device +state +engine +error/);
  t.regex(out, /\ncpu +works +onnxruntime \S+ +0\.\d+ +[\d.]+/);
  t.regex(out, /\n {2}workers × threads: .*; use --workers \d+\n/);
  t.regex(out, /\nUse --device cpu \(.* images\/s on .*\)\.\n$/);
});

test('doctor --json is one document, also of a device that is missing, whose exit code is 1', async (t) => {
  const folder = await temporaryFolder(t);
  const { code, out, err } = await grodin(['doctor', '--device', 'cuda', '--json'], folder);
  t.is(code, 1);
  const { devices, use } = JSON.parse(out);
  t.is(devices[0].state, 'missing');
  t.is(use, null);
  t.regex(err, /--device cuda: there is no NVIDIA GPU/);
});

test('the rate of what shares the cores is that of the workers that a run has by default', async (t) => {
  const folder = await temporaryFolder(t);
  for (const [device, workers] of [
    ['cpu', availableParallelism()],
    ['cpu:0', 1],
  ] as const) {
    const { code, out, err } = await grodinHere(
      ['doctor', '--device', device, '--seconds', '1', '--json'],
      folder,
    );
    t.is(code, 0, err);
    const [speed] = JSON.parse(out).devices[0].speed;
    t.deepEqual(speed.split, { workers, threads: availableParallelism() / workers });
    t.true(speed.imagesPerSecond > 0);
  }
});

test('--device auto is every kind, and what is best is remembered', async (t) => {
  const folder = await temporaryFolder(t);
  const { code, out, err } = await grodinHere(
    ['doctor', '--device', 'auto', '--seconds', '0.1', '--json'],
    folder,
    { GRODIN_CACHE: join(folder, 'cache') },
  );
  t.is(code, 0, err);
  const devices: { device: string }[] = JSON.parse(out).devices;
  t.deepEqual(
    devices.map(({ device }) => device),
    deviceKinds.map(({ name }) => name),
  );
  t.regex(await readFile(join(folder, 'cache', 'doctor.json'), 'utf8'), /"device":"(cpu|tfjs)"/);
});

test('help says what is taken where no device is named', async (t) => {
  for (const [command, usual] of [
    ['doctor', 'every kind, as auto'],
    ['score', 'cpu'],
    ['run', '"device", or cpu'],
  ] as const) {
    const { out } = await grodinHere([command, '--help'], await temporaryFolder(t));
    t.true(out.replaceAll(/\s+/g, ' ').includes(`auto (default: ${usual})`), command);
  }
});

test('what a named device lacks is said once, and no other is advised in its place', async (t) => {
  const { code, out, err } = await grodinHere(['doctor', '--device', 'cuda'], await temporaryFolder(t));
  t.is(code, 1);
  t.regex(out, /\n {2}there is no NVIDIA GPU \(CUDA_VISIBLE_DEVICES is ""\)\n {4}use --device cpu\n$/);
  t.is(err, 'grodin: cuda: missing\n');
});

test('a device that is none is bad usage', async (t) => {
  const { code, err } = await grodinHere(['doctor', '--device', 'gpu'], await temporaryFolder(t));
  t.is(code, 2);
  t.regex(err, /"gpu" is not a kind of device/);
});

test('--device auto takes what is remembered of this machine, and says so', async (t) => {
  const folder = await smallExperiment(t, {
    images: 4,
    epsilon: [0],
    temperature: [1],
    outliers: ['noisy'],
    device: 'auto',
  });
  const cache = join(folder, 'cache');
  await remember(
    { folder: cache, limit: 1e9 },
    {
      fp32: { device: 'cpu', why: 'it is the only one' },
      tf32: null,
      fp16: null,
    },
  );
  t.regex(await readFile(join(cache, 'doctor.json'), 'utf8'), /"device":"cpu"/);
  const before = process.env.GRODIN_CACHE;
  process.env.GRODIN_CACHE = cache;
  try {
    const { code, err } = await runExperiment(folder, 'run');
    t.is(code, 0, err);
    t.regex(err, /--device auto: cpu, as grodin doctor found \(it is the only one\)/);
    for (const option of ['--dry-run', '--no-reduce']) {
      const refused = await grodinHere(
        ['run', 'experiment.json', '--out', 'tf32', '--precision', 'tf32', option],
        folder,
      );
      t.is(refused.code, 2, option);
      t.regex(
        refused.err,
        /^grodin: --device auto: no device that works here supports --precision tf32; [^\n]*\n$/,
      );
    }
  } finally {
    process.env.GRODIN_CACHE = before;
  }
});
