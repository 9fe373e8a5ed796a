import test from 'ava';
import { DeviceError } from '../../stages/errors.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';
import { deviceText, engineClass, loweringsOf } from '../../workers/devices/device.js';
import { deviceKind, deviceKinds, selectDevices } from '../../workers/devices/index.js';
import { temporaryFolder } from '../temporary-folder.js';

nameSettingsAsOptions();

test('a bare name stands for what this machine has, a list for what it names', async (t) => {
  t.deepEqual(await selectDevices('cpu'), [{ name: 'cpu', which: null }]);
  t.deepEqual((await selectDevices('cuda:2,0')).map(deviceText), ['cuda:2', 'cuda:0']);
  t.deepEqual((await selectDevices('cpu:10,0')).map(deviceText), ['cpu:10', 'cpu:0']);
});

for (const [text, message] of [
  [
    'gpu',
    /^--device: "gpu" is not a kind of device; the kinds are cpu, cuda, tensorrt, webgpu, .*, and auto takes the best of them$/,
  ],
  ['', /^--device: "" is not a kind of device/],
  ['cuda:', /^--device: "cuda:": "" can't follow "cuda:"; expected numbers of GPUs$/],
  ['cuda:0,x', /^--device: "cuda:0,x": "x" can't follow "cuda:"; expected numbers of GPUs$/],
  ['cuda:1,01', /^--device: "cuda:1,01": "01" can't follow "cuda:"; expected numbers of GPUs$/],
  ['tfjs-gpu:00', /"00" can't follow "tfjs-gpu:"; expected numbers of GPUs$/],
  ['tensorrt:1000', /"1000" can't follow "tensorrt:"; expected numbers of GPUs$/],
  ['cpu:01', /"01" can't follow "cpu:"; expected numbers of groups of cores$/],
  ['cuda:1,1', /^--device: "cuda:1,1" names "1" twice; drop one$/],
  ['webgpu:0', /^--device: "webgpu:0": "webgpu" takes nothing after it; write --device webgpu$/],
] as const) {
  test(`--device "${text}" is refused in one line`, async (t) => {
    await t.throwsAsync(selectDevices(text), { instanceOf: DeviceError, message });
  });
}

for (const [name, install] of [
  [
    'cuda',
    /ONNXRUNTIME_NODE_INSTALL=cuda12 node \S+install\.js \(it needs NVIDIA's driver, CUDA 12 and cuDNN 9, .*CUDA 13\)/,
  ],
  ['tensorrt', /ONNXRUNTIME_NODE_INSTALL=cuda12 node \S+install\.js \(it needs .*TensorRT 10\)/],
  ['tfjs-gpu', /npm install @tensorflow\/tfjs-node-gpu@4\.22\.0 \(it needs .*CUDA 11\.2 and cuDNN 8\.1\)/],
] as const) {
  test.serial(
    `without a driver one line says how it is installed, and what runs on it: ${name}`,
    async (t) => {
      const { PATH, CUDA_VISIBLE_DEVICES } = process.env;
      process.env.PATH = await temporaryFolder(t);
      delete process.env.CUDA_VISIBLE_DEVICES;
      try {
        const error = await t.throwsAsync(selectDevices(name), { instanceOf: DeviceError });
        t.regex(
          error!.message,
          new RegExp(`^--device ${name}: .*nvidia-smi.*apt-get install nvidia-driver[^\n]*$`),
        );
        t.regex(error!.message, install);
      } finally {
        process.env.PATH = PATH;
        if (CUDA_VISIBLE_DEVICES !== undefined) process.env.CUDA_VISIBLE_DEVICES = CUDA_VISIBLE_DEVICES;
      }
    },
  );
}

test.serial('a GPU that can’t be used is named as it was asked for', async (t) => {
  for (const name of ['cuda', 'tensorrt', 'tfjs-gpu']) {
    const error = await t.throwsAsync(deviceKind(name).load({ name, which: '95' }, 'fp32'));
    t.regex(error!.message, new RegExp(`^--device ${name}:95: .*install it with: `));
  }
});

test('CUDA_VISIBLE_DEVICES says which GPUs there are, and none is an error, never the CPU', async (t) => {
  const before = process.env.CUDA_VISIBLE_DEVICES;
  try {
    process.env.CUDA_VISIBLE_DEVICES = '3,5';
    t.deepEqual((await selectDevices('cuda')).map(deviceText), ['cuda:0', 'cuda:1']);
    t.throws(() => deviceKind('cuda').alone?.('7'), { message: /^--device cuda:7: there is no GPU 7: / });
    process.env.CUDA_VISIBLE_DEVICES = '';
    await t.throwsAsync(selectDevices('cuda'), {
      message: /there is no NVIDIA GPU \(CUDA_VISIBLE_DEVICES is ""\)/,
    });
  } finally {
    if (before === undefined) delete process.env.CUDA_VISIBLE_DEVICES;
    else process.env.CUDA_VISIBLE_DEVICES = before;
  }
});

test('kinds have names of their own, and single precision first', (t) => {
  t.is(new Set(deviceKinds.map(({ name }) => name)).size, deviceKinds.length);
  for (const kind of deviceKinds) {
    t.is(deviceKind(kind.name), kind);
    t.is(kind.precisions[0], 'fp32');
  }
});

test('half precision is compiled into the graphs for CUDA and TensorRT', (t) => {
  const precisionOf = (name: string, precision: 'fp32' | 'tf32' | 'fp16') =>
    loweringsOf(deviceKind(name), precision).precision;
  t.is(precisionOf('cuda', 'fp16'), 'half');
  t.is(precisionOf('cuda', 'tf32'), 'single');
  t.is(precisionOf('cuda', 'fp32'), 'single');
  t.is(precisionOf('tensorrt', 'fp16'), 'half');
  t.is(engineClass(deviceKind('cuda'), 'fp16'), 'onnxruntime fp16');
});
