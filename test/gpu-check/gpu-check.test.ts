import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { devicesToCheck } from '../../scripts/gpu-check/devices.js';
import { planMeasurings } from '../../scripts/gpu-check/plan.js';
import { checkTable } from '../../scripts/gpu-check/table.js';
import { deviceText } from '../../workers/devices/device.js';
import { DeviceError } from '../../workers/devices/device-error.js';
import { deviceKind } from '../../workers/devices/index.js';
import { temporaryFolder } from '../temporary-folder.js';

test('every precision of every kind is measured, on its first device', (t) => {
  const devices = ['cuda', 'tensorrt'].map((name) => ({
    kind: deviceKind(name),
    device: { name, which: '0' },
  }));
  t.deepEqual(
    planMeasurings(devices, false).map(({ device, precision }) => `${device.name} ${precision}`),
    ['cuda fp32', 'cuda tf32', 'cuda fp16', 'tensorrt fp32', 'tensorrt tf32', 'tensorrt fp16'],
  );
});

test('the table has parity, rates, what was left out, and the peer', (t) => {
  const measured = [{ network: 'resnet18', batch: 8, perturbation: 1000, scoring: 500, whole: 333.3 }];
  const text = checkTable(
    { date: '2026-01-02', gpus: ['A GPU, 1.2'], versions: 'grodin 0', command: 'c' },
    [
      {
        device: 'cuda:0',
        precision: 'tf32',
        share: 0.25,
        problem: null,
        measured,
        notes: ['batch 128: no memory'],
      },
      {
        device: 'tensorrt:0',
        precision: 'fp16',
        share: null,
        problem: 'it crashed',
        measured: [],
        notes: [],
      },
    ],
    [{ network: 'resnet18', how: 'image by image', imagesPerSecond: 12.34 }],
  );
  t.regex(text, /^# GPU check of 2026-01-02\n\nA GPU, 1\.2\. grodin 0\. Command: `c`\.\n/);
  t.regex(text, /\| cuda:0 +\| tf32 +\| +0\.25 \|/);
  t.regex(text, /\| tensorrt:0 +\| fp16 +\| +it crashed \|/);
  t.regex(text, /\| cuda:0 \| tf32 +\| resnet18 \| +8 \| +1000 \| +500 \| +333 \|/);
  t.regex(text, /- cuda:0 tf32: batch 128: no memory/);
  t.regex(text, /\| resnet18 \| image by image \| +12\.3 \|/);
});

test('devices are named as grodin run takes them: of a bare kind the first, else all that are named', async (t) => {
  const named = async (text: string) => (await devicesToCheck(text)).map(({ device }) => deviceText(device));
  t.deepEqual(await named('cuda:0'), ['cuda:0']);
  t.deepEqual(await named('cpu,cuda:1,0,webgpu'), ['cpu', 'cuda:1', 'cuda:0', 'webgpu']);
  t.deepEqual(await named('tfjs-webgpu:A card,cpu:0'), ['tfjs-webgpu:A card', 'cpu:0']);
  await t.throwsAsync(named('cuda:0,x'), {
    instanceOf: DeviceError,
    message: /"x" is none of the numbers of GPUs/,
  });
  await t.throwsAsync(named('cpu,gpu'), { instanceOf: DeviceError, message: /"gpu" is no kind of device/ });
});

for (const script of ['gpu-check', 'start'])
  test(`${script} prints its usage, and refuses in one line what it does not know`, async (t) => {
    const help = await run(['--help'], {}, script);
    t.is(help.code, 0, help.err);
    t.regex(help.out, new RegExp(`^Usage: ${script} \\[options\\]\n`));
    for (const [args, message] of [
      [['--qick'], "unknown option '--qick'"],
      [['more'], 'too many arguments'],
      [[script === 'start' ? '--folder' : '--out'], 'argument missing'],
    ] as const) {
      const { code, out, err } = await run(args, {}, script);
      t.is(code, 2, err);
      t.is(out, '');
      t.regex(err, new RegExp(`^${script}: [^\\n]*${message}[^\\n]*; see ${script} --help\\n$`));
    }
  });

test('without a GPU the check says so in one line and ends with 2', async (t) => {
  const { code, err } = await run([], { CUDA_VISIBLE_DEVICES: '' });
  t.is(code, 2);
  t.regex(err, /^gpu-check: --device cuda: there is no NVIDIA GPU .*\n$/);
});

test('a device that is named and can not be loaded is refused in one line, without a table', async (t) => {
  const { code, out, err } = await run(['--device', 'cuda:99', '--quick']);
  t.is(code, 2);
  t.is(out, '');
  t.regex(err, /^gpu-check: --device cuda:99: [^\n]*install[^\n]*\n$/);
});

test('on the CPU the check runs for real and writes its table', async (t) => {
  const out = join(await temporaryFolder(t), 'check.md');
  const { code, err } = await run(['--device', 'cpu', '--quick', '--out', out]);
  t.is(code, 0, err);
  t.regex(await readFile(out, 'utf8'), /\| cpu +\| fp32 +\| tiny +\| +2 \| +\S+ \| +\S+ \| +\S+ \|/);
});

function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  script = 'gpu-check',
): Promise<{ code: number | null; out: string; err: string }> {
  const file = fileURLToPath(new URL(`../../scripts/${script}.js`, import.meta.url));
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [file, ...args],
      { env: { ...process.env, ...env } },
      (_, out, err) => resolve({ code: child.exitCode, out, err }),
    );
  });
}
