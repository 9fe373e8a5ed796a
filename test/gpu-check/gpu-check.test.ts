import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { checkTable } from '../../scripts/gpu-check/check-table.js';
import { conduct } from '../../scripts/gpu-check/conduct-tasks.js';
import { devicesToCheck } from '../../scripts/gpu-check/devices-to-check.js';
import { Ledger } from '../../scripts/gpu-check/ledger.js';
import { formsOtherwise } from '../../scripts/gpu-check/parts/part.js';
import { planTasks } from '../../scripts/gpu-check/plan.js';
import type { Row } from '../../scripts/gpu-check/rows.js';
import { DeviceError } from '../../stages/errors.js';
import { loweringPresets } from '../../stages/lowerings/lowerings.js';
import { deviceText } from '../../workers/devices/device.js';
import { deviceKind } from '../../workers/devices/index.js';
import { temporaryFolder } from '../temporary-folder.js';

const problemOf = (rows: readonly Row[]) =>
  rows.flatMap((row) => (row.part === 'problem' ? [row.message] : []))[0];

const devices = ['cuda', 'tensorrt'].map((name) => ({
  kind: deviceKind(name),
  device: { name, which: '0' },
}));

test('agreement with float64 comes first, then network by network what was asked for, in every precision', (t) => {
  const tasks = planTasks(devices, {
    parts: ['parity', 'values', 'speed'],
    networks: ['resnet50', 'resnet18'],
    batches: [8],
    precisions: ['tf32', 'fp16'],
    preset: null,
    choices: null,
  });
  t.deepEqual(
    tasks.map(({ part, device, precision, network }) =>
      [part, device.name, precision, network].join(' ').trim(),
    ),
    [
      ...['parity cuda tf32', 'parity cuda fp16', 'parity tensorrt tf32', 'parity tensorrt fp16'],
      // In half precision no CPU rounds as a GPU does.
      ...['values cuda tf32', 'values tensorrt tf32'],
      ...['resnet50', 'resnet18'].flatMap((network) => [
        `speed cuda tf32 ${network}`,
        `speed cuda fp16 ${network}`,
        `speed tensorrt tf32 ${network}`,
        `speed tensorrt fp16 ${network}`,
      ]),
    ],
  );
});

test('the table has agreement, rates and their ratio, the peer, and what was left out', (t) => {
  const origin = { device: 'cuda:0', precision: 'tf32' } as const;
  const run = (median: number) => ({ median, low: median, high: median });
  const text = checkTable({ date: '2026-01-02', gpus: ['A GPU, 1.2'], versions: 'grodin 0', command: 'c' }, [
    { part: 'parity', ...origin, network: 'tied', share: 0.25, what: 'log G', value: 1, reference: 1 },
    { part: 'parity', ...origin, network: 'wide', share: 2, what: 'log SG', value: 1, reference: 1 },
    ...[1, 2].map((session) => ({
      part: 'values' as const,
      ...origin,
      ...{ network: 'tied', form: 'usual', session, temperature: 1, epsilon: 0, values: 9 },
      logits: session / 1000,
      born: 1,
      births: [
        {
          ...{ operation: 'Gemm', inputs: ['5×180', '9×180', '9'], attributes: ['transB 1'] },
          ...{ before: 1e-7, after: session / 1000 },
        },
      ],
    })),
    ...(['plain', 'one-graph'] as const).map((pass, index) => ({
      part: 'speed' as const,
      ...origin,
      network: 'resnet18',
      batch: 8,
      pass,
      seconds: run(index === 0 ? 0.01 : 0.04),
      openSeconds: 1,
    })),
    { part: 'peers', network: 'resnet18', mode: 'hooks', images_per_second: 12.34 },
    { part: 'problem', of: 'batch 128', message: 'no memory', fails: false },
  ]);
  t.regex(text, /^# GPU check of 2026-01-02\n\nA GPU, 1\.2\. grodin 0\. Command: `c`\.\n/);
  t.regex(text, /\| cuda:0 +\| tf32 +\| +2 \| +1 \| +2\.0 \| wide, log SG +\|/);
  t.regex(text, /\| usual +\| +1 \| +2 \| +2 \| +2 \| +2\.0e-3 \| tied, session 2, T 1, ε 0 +\|/);
  t.regex(text, /\| Gemm +\| 5×180 ; 9×180 ; 9 \| transB 1 +\| tied +\| +2 \| +2 \| +1\.0e-7 \| 2\.0e-3 \|/);
  t.regex(text, /\| resnet18 \| +8 \| +800 \|.*\| +200 \| +4\.00 × \|/);
  t.regex(text, /\| resnet18 \| hooks \| 12\.34/);
  t.regex(text, /- batch 128: no memory/);
});

test('a process that crashes is told, and the other tasks are done', async (t) => {
  const cpu = { kind: deviceKind('cpu'), device: { name: 'cpu', which: null } };
  const [task] = planTasks([cpu], {
    parts: ['speed'],
    networks: ['tiny'],
    batches: [1],
    precisions: null,
    preset: null,
    choices: null,
  });
  const rows: Row[] = [];
  await conduct(
    [{ ...task!, network: 'none' }, task!],
    performance.now() + 60_000,
    (row) => rows.push(row),
    () => {},
  );
  t.regex(String(problemOf(rows)), /"none"; there are/);
  t.true(rows.some((row) => row.part === 'speed' && row.pass === 'whole'));
});

test('where the time is over what is left is said, and nothing is lost', async (t) => {
  const cpu = { kind: deviceKind('cpu'), device: { name: 'cpu', which: null } };
  const tasks = planTasks([cpu], {
    parts: ['parity'],
    networks: [],
    batches: [],
    precisions: null,
    preset: null,
    choices: null,
  });
  const rows: Row[] = [];
  await conduct(
    tasks,
    performance.now() - 1,
    (row) => rows.push(row),
    () => {},
  );
  t.deepEqual(
    rows.map((row) => [row.part, row.part === 'problem' ? row.message : null]),
    [['problem', 'left out: the time was over']],
  );
});

test('a check in the folder of another keeps its rows and its table', async (t) => {
  const folder = await temporaryFolder(t);
  for (const of of ['first', 'second', 'third']) {
    const ledger = new Ledger(folder, (rows) => `${rows.length} of ${of}`);
    ledger.add({ part: 'problem', of, message: 'm', fails: false });
    ledger.write();
  }
  for (const [of, number] of [
    ['first', '-1'],
    ['second', '-2'],
    ['third', ''],
  ] as const) {
    t.is(await readFile(join(folder, `check${number}.md`), 'utf8'), `1 of ${of}`);
    t.like(JSON.parse(await readFile(join(folder, `rows${number}.jsonl`), 'utf8')), { of });
  }
});

test('forms are made otherwise in the order in which choices are named: what comes last may find no time', (t) => {
  const names = formsOtherwise(loweringPresets.cuda, ['products', 'layout', 'norms']).map(
    ([form]) => form.split(':')[0],
  );
  t.deepEqual([...new Set(names)], ['products', 'layout', 'norms']);
});

test('devices are named as grodin run takes them: of a bare kind the first, else all that are named', async (t) => {
  const named = async (text: string) => (await devicesToCheck(text)).map(({ device }) => deviceText(device));
  t.deepEqual(await named('cuda:0'), ['cuda:0']);
  t.deepEqual(await named('cpu,cuda:1,0,webgpu'), ['cpu', 'cuda:1', 'cuda:0', 'webgpu']);
  t.deepEqual(await named('tfjs-webgpu:A card,cpu:0'), ['tfjs-webgpu:A card', 'cpu:0']);
  await t.throwsAsync(named('cuda:0,x'), {
    instanceOf: DeviceError,
    message: /"x" can't follow "cuda:"; expected numbers of GPUs$/,
  });
  await t.throwsAsync(named('cpu,gpu'), {
    instanceOf: DeviceError,
    message: /"gpu" is not a kind of device/,
  });
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

test('a check that had too little time does not end as one that found all right', async (t) => {
  const out = await temporaryFolder(t);
  const { code } = await run([
    ...['--device', 'cpu', '--parts', 'parity', '--seconds', '0.001', '--out', out],
  ]);
  t.is(code, 75);
  t.regex(await readFile(join(out, 'rows.jsonl'), 'utf8'), /"isLate":true/);
});

test('on the CPU the check runs for real and writes its rows and its table', async (t) => {
  const out = join(await temporaryFolder(t), 'check');
  const { code, err } = await run([
    ...['--device', 'cpu', '--quick', '--out', out],
    ...['--parts', 'parity,values,speed,forms,profile', '--seconds', '24'],
  ]);
  // Not all sessions of the part values fit the time.
  t.true(code === 0 || code === 75, err);
  const rows = (await readFile(join(out, 'rows.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const part of ['parity', 'values', 'speed', 'forms', 'profile'])
    t.true(
      rows.some((row) => row.part === part),
      part,
    );
  t.regex(
    await readFile(join(out, 'check.md'), 'utf8'),
    /\| cpu +\| fp32 +\| tiny +\| +2 \| +\S+ \| +\S+ \| +\S+ \|/,
  );
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
