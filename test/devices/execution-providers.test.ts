import test from 'ava';
import { deviceKinds } from '../../workers/devices/index.js';
import { absentGpu } from '../../workers/devices/onnxruntime-provider.js';
import { gpuProviderOf } from '../../workers/engines/execution-provider.js';

test('every kind of GPU that ONNX Runtime runs on is a provider of which nodes left to the CPU are counted', (t) => {
  const kinds = deviceKinds.filter(({ engine }) => engine === 'onnxruntime').map(({ name }) => name);
  t.true(kinds.length > 2);
  t.deepEqual(
    kinds.map((provider) => gpuProviderOf({ name: 'onnxruntime', provider })),
    kinds.map((kind) => (kind === 'cpu' ? null : kind)),
  );
  t.is(gpuProviderOf({ name: 'tensorflow.js', provider: 'webgpu' }), null);
});

test('a GPU that is not there is no provider that is missing', (t) => {
  const device = { name: 'cuda', which: '3' };
  const said =
    'cuda_call.cc:154 CUDA failure 101: invalid device ordinal ; GPU=0 ; expr=cudaSetDevice(info_.device_id);';
  t.regex(absentGpu(said, device) ?? '', /^device: "cuda:3": CUDA finds no GPU 3 for this process; [^\n]*$/);
  t.is(absentGpu('CUDA failure 2: out of memory ; GPU=0', device), null);
  t.is(absentGpu('CUDA failure 1010: none such', device), null);
});
