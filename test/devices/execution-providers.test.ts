import test from 'ava';
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
