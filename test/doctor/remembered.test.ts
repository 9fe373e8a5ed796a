import test from 'ava';
import { recall, remember } from '../../pipeline/doctor/remembered.js';
import type { InstalledParts } from '../../workers/devices/installed-parts.js';
import { temporaryFolder } from '../temporary-folder.js';

const parts: InstalledParts = {
  packages: { webgpu: '0.6.2', '@tensorflow/tfjs-node-gpu': null },
  providers: [],
  vulkan: ['/usr/share/vulkan/icd.d/lvp_icd.x86_64.json'],
};

const cpu = { device: 'cpu', why: 'it is the only one' };
const advice = { fp32: cpu, tf32: null, fp16: null };

test('what doctor found best is remembered of the machine as it is', async (t) => {
  const cache = { folder: await temporaryFolder(t), limit: 1e9 };
  t.is(await recall(cache, parts), null);
  await remember(cache, advice, parts);
  t.deepEqual(await recall(cache, parts), advice);
  t.is(await recall(null, parts), null);
});

for (const [what, changed] of [
  ['ONNX Runtime’s CUDA provider', { providers: ['napi-v6/linux/x64/libonnxruntime_providers_cuda.so'] }],
  ['an optional package', { packages: { ...parts.packages, '@tensorflow/tfjs-node-gpu': '4.22.0' } }],
  ['another version of a package', { packages: { ...parts.packages, webgpu: '0.6.3' } }],
  ['a Vulkan driver', { vulkan: [...parts.vulkan, '/usr/share/vulkan/icd.d/nvidia_icd.json'] }],
] as const) {
  test(`it is forgotten when ${what} is installed`, async (t) => {
    const cache = { folder: await temporaryFolder(t), limit: 1e9 };
    await remember(cache, advice, parts);
    t.is(await recall(cache, { ...parts, ...changed }), null);
  });
}
