import test from 'ava';
import { doctorText } from '../../pipeline/cli/doctor-report.js';
import type { DeviceReport } from '../../pipeline/doctor/examine.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';
import { deviceKinds } from '../../workers/devices/index.js';

nameSettingsAsOptions();

const networks = ['small ResNet (64×64)', 'ResNet-18 (224×224)'];
const worst = { what: 'log SG', value: 1, reference: 1, share: 0.0123 };

const works: DeviceReport = {
  device: 'cpu',
  description: 'ONNX Runtime on the CPU',
  precision: 'fp32',
  precisions: [],
  state: 'works',
  engine: { name: 'onnxruntime', version: '1.30.0', provider: 'webgpu' },
  notes: [],
  parity: [{ network: 'tied', worst: worst as DeviceReport['parity'][number]['worst'] }],
  nodes: null,
  speed: networks.map((network) => ({
    network,
    batch: 8,
    imagesPerSecond: 12345.6,
    split: { workers: 16, threads: 1 },
    leftOut: null,
  })),
  problem: null,
};

const missing = (device: string, message: string): DeviceReport => ({
  ...works,
  device,
  precisions: ['tf32'],
  state: 'missing',
  engine: null,
  parity: [],
  speed: [],
  problem: { missing: true, message },
});

const account = { splits: [], advice: null };

test('the table fits into 80 columns whatever the devices are, and what follows it as far as words allow', (t) => {
  const reports = deviceKinds.map(({ name, description }) => ({ ...works, device: name, description }));
  const text = doctorText({ ...account, reports, width: 80 });
  for (const line of text.split('\n')) t.true(line.length <= 80, line);
  t.regex(text, /^device +state +engine +error +small ResNet +ResNet-18\n/);
  t.regex(
    text,
    /\nsmall ResNet \(64×64\), ResNet-18 \(224×224\): images a second, whole scores in\s+batches of 8, of all\s+workers together\n/,
  );
});

test('what may be wrong although a device works is told first', (t) => {
  const text = doctorText({ ...account, reports: [{ ...works, notes: ['of another version'] }] });
  t.regex(text, /\n {2}of another version\n {2}compared with float64/);
});

test('without a terminal nothing is broken into lines', (t) => {
  const text = doctorText({ ...account, reports: [works] });
  t.true(
    text.includes(
      '\n  timed on the workers that a run has by default, 16 workers × 1 thread at the same time: small ResNet, ResNet-18\n',
    ),
  );
});

test('a device with one worker is not spoken of as if it had several', (t) => {
  const speed = works.speed.map((one) => ({ ...one, split: null }));
  const text = doctorText({ ...account, reports: [{ ...works, device: 'webgpu', speed }] });
  t.regex(text, /images a second, whole scores in batches of 8\n/);
  t.notRegex(text, /worker/);
});

test('one is not many', (t) => {
  t.regex(doctorText({ ...account, reports: [works] }), /: 1 golden network\n/);
});

test('a missing device is named once, and nothing is offered of it', (t) => {
  const command = `install it with: ${'npm '.repeat(30)}(it needs CUDA)`;
  const reports = [missing('cuda:0', `--device cuda:0: no such library; ${command}`)];
  t.is(
    doctorText({ ...account, reports, width: 80 }),
    'device  state    engine  error\ncuda:0  missing  –       –\n\n' +
      `cuda:0: ONNX Runtime on the CPU\n  no such library\n    ${command}\n`,
  );
});

test('what a device that works can be asked for beside single precision is said', (t) => {
  const reports: DeviceReport[] = [{ ...works, device: 'cuda:0', precisions: ['tf32', 'fp16'] }];
  t.regex(doctorText({ ...account, reports }), /\n {2}--precision takes tf32 and fp16 too\n/);
});
