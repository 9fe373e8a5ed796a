import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';
import { DeviceError, ModelError } from '../../../stages/errors.js';
import { nameSettingsAsOptions } from '../../../stages/setting.js';
import { deviceKind, selectDevices } from '../../../workers/devices/index.js';
import { loadCpuBackend } from '../../../workers/devices/load-tfjs.js';
import { floats, modelOf, type SingleOperation } from './beside-onnxruntime.js';
import { openGraph } from './golden-scores.js';

nameSettingsAsOptions();

const pixels = [2, 6, 9, 7] as const;

const devices = new URL('../../../workers/devices/index.js', import.meta.url).href;

/** A module that lets a process see no optional package. */
const withoutOptionalPackages = moduleOf(
  `import { register } from 'node:module';
   register(${JSON.stringify(
     moduleOf(
       `export const resolve = (name, context, next) => {
          if (/^(webgpu|@tensorflow\\/.*)$/.test(name)) throw new Error("Cannot find package '" + name + "'");
          return next(name, context);
        };`,
     ),
   )});`,
);

const refused: readonly (readonly [string, SingleOperation, RegExp])[] = [
  [
    'an operation without a rule',
    { type: 'Softsign', inputs: [pixels] },
    /^TensorFlow\.js: there is no rule for operation Softsign \(node y\)$/,
  ],
  [
    'kernels that are computed',
    { type: 'Conv', inputs: [pixels, [4, 6, 3, 3]] },
    /^TensorFlow\.js can't run Conv \(node y\): input 1 of Conv is not a constant of the graph$/,
  ],
  [
    'convolutions over one axis',
    { type: 'Conv', inputs: [[2, 6, 9], floats([4, 6, 3])] },
    /^TensorFlow\.js can't run Conv \(node y\): there are rules for two spatial axes only$/,
  ],
  [
    'sizes that are rounded up',
    { type: 'MaxPool', inputs: [pixels], attributes: { kernel_shape: [2, 2], ceil_mode: 1 } },
    /^TensorFlow\.js can't run MaxPool \(node y\): there is no rule for ceil_mode 1$/,
  ],
  [
    'pads by name',
    { type: 'MaxPool', inputs: [pixels], attributes: { kernel_shape: [2, 2], auto_pad: 'SAME_UPPER' } },
    /there is no rule for auto_pad SAME_UPPER$/,
  ],
  [
    'types that no graph computes with',
    { type: 'Cast', inputs: [pixels], attributes: { to: 11 } },
    /^TensorFlow\.js can't run Cast \(node y\): there is no rule for type float64$/,
  ],
];

for (const [what, operation, message] of refused) {
  test.serial(`refused in one line when the graph is opened: ${what}`, async (t) => {
    const engine = await loadCpuBackend('cpu');
    await t.throwsAsync(openGraph(t, engine, modelOf(operation)), { instanceOf: ModelError, message });
  });
}

const packages = [
  ['tfjs', '@tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0'],
  ['tfjs:cpu', '@tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0'],
  ['tfjs-webgpu', 'webgpu@0.6.2 @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-webgpu@4.22.0'],
] as const;

for (const [device, needed] of packages) {
  test(`without optional packages one line says how to install all that ${device} needs`, async (t) => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...['--import', withoutOptionalPackages, '--input-type=module', '--eval'],
      `import { deviceKind, selectDevices } from ${JSON.stringify(devices)};
       const [device] = await selectDevices(${JSON.stringify(device)});
       await deviceKind(device.name).load(device, 'fp32').catch((error) => console.log(error.message));`,
    ]);
    t.regex(stdout, /^--device [^\n]*: can't load an optional package \([^\n]*\n$/);
    t.true(stdout.endsWith(`install it with: npm install ${needed}\n`), stdout);
  });
}

test('tfjs-node-gpu is an optional peer: without it one line says how to install it and what it needs', async (t) => {
  const [device] = await selectDevices('tfjs-gpu:0');
  await t.throwsAsync(deviceKind('tfjs-gpu').load(device!, 'fp32'), {
    instanceOf: DeviceError,
    message:
      /^--device tfjs-gpu:0: .*install it with: npm install @tensorflow\/tfjs-node-gpu@4\.22\.0 \(it needs NVIDIA's driver, CUDA 11\.2 and cuDNN 8\.1\)$/,
  });
});

test('a process that holds one GPU of TensorFlow is told which, of those that this one sees', (t) => {
  const before = process.env.CUDA_VISIBLE_DEVICES;
  const environment = (which: string | null) =>
    deviceKind('tfjs-gpu').environment?.('tf32', [{ name: 'tfjs-gpu', which }]);
  try {
    delete process.env.CUDA_VISIBLE_DEVICES;
    t.deepEqual(environment('1'), { CUDA_VISIBLE_DEVICES: '1' });
    t.deepEqual(environment(null), {});
    process.env.CUDA_VISIBLE_DEVICES = '3,5';
    t.deepEqual(environment('1'), { CUDA_VISIBLE_DEVICES: '5' });
  } finally {
    if (before === undefined) delete process.env.CUDA_VISIBLE_DEVICES;
    else process.env.CUDA_VISIBLE_DEVICES = before;
  }
});

test('only backends of the CPU may follow tfjs', async (t) => {
  t.deepEqual(await selectDevices('tfjs:cpu'), [{ name: 'tfjs', which: 'cpu' }]);
  await t.throwsAsync(selectDevices('tfjs:webgl'), {
    message: '--device: "tfjs:webgl": "webgl" can\'t follow "tfjs:"; expected the backends wasm or cpu',
  });
});

/** A module of its own, as a URL. */
function moduleOf(program: string): string {
  return `data:text/javascript,${encodeURIComponent(program)}`;
}
