import test from 'ava';
import { cudaFault } from '../../workers/devices/cuda-fault.js';
import { deviceKinds } from '../../workers/devices/index.js';
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
  t.regex(cudaFault(said, device) ?? '', /^device: "cuda:3": CUDA finds no GPU 3 for this process; [^\n]*$/);
  t.is(cudaFault('libcudnn.so.9: cannot open shared object file', device), null);
});

test('a GPU that refuses a process is no provider that is missing', (t) => {
  const device = { name: 'tensorrt', which: '1' };
  const told = (said: string): string | null =>
    cudaFault(`cuda_call.cc:154 ${said} ; GPU=1 ; expr=x;`, device);
  t.regex(
    told('CUDA failure 2: out of memory') ?? '',
    /^device: "tensorrt:1": GPU 1 has no memory left; [^\n]*, or use device: "cpu" \(CUDA failure 2: out of memory\)$/,
  );
  t.regex(
    told('CUDA failure 46: all CUDA-capable devices are busy') ?? '',
    /GPU 1 lets no further process in/,
  );
  t.regex(
    told('CUDA failure 999: unknown error') ?? '',
    /GPU 1 fails; nvidia-smi [^\n]* \(CUDA failure 999: unknown error\)$/,
  );
  t.regex(told('CUDA failure 1010') ?? '', /GPU 1 fails; [^\n]* \(CUDA failure 1010\)$/);
});
