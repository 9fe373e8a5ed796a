import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { planMeasurings } from '../../scripts/gpu-check/plan.js';
import { checkTable } from '../../scripts/gpu-check/table.js';
import { deviceKind } from '../../workers/devices/index.js';
import { temporaryFolder } from '../temporary-folder.js';

const script = fileURLToPath(new URL('../../scripts/gpu-check.js', import.meta.url));

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

test('without a GPU the check says so in one line and ends with 2', async (t) => {
  const { code, err } = await run([], { CUDA_VISIBLE_DEVICES: '' });
  t.is(code, 2);
  t.regex(err, /^gpu-check: --device cuda: there is no NVIDIA GPU .*\n$/);
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
): Promise<{ code: number | null; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [script, ...args],
      { env: { ...process.env, ...env } },
      (_, __, err) => resolve({ code: child.exitCode, err }),
    );
  });
}
