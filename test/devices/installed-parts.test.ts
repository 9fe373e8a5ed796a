import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { installedParts } from '../../workers/devices/installed-parts.js';
import { temporaryFolder } from '../temporary-folder.js';

const library = (name: string) =>
  `far/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime_providers_${name}.so`;

test('packages are known by version, providers and drivers by file, the nearest first, and nothing is loaded', async (t) => {
  const folder = await temporaryFolder(t, {
    'near/webgpu/package.json': '{"version":"0.7.0"}',
    // To load it would fail the test.
    'near/webgpu/index.js': 'throw new Error("loaded")',
    'far/webgpu/package.json': '{"version":"0.6.2"}',
    'far/@tensorflow/tfjs-core/package.json': '{"version":"4.22.0"}',
    'far/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1': '',
    [library('cuda')]: '',
    'drivers/b.json': '{}',
    'drivers/a.json': '{}',
    'drivers/README': '',
  });
  const found = await installedParts({
    packages: [join(folder, 'near'), join(folder, 'far')],
    vulkan: [join(folder, 'none'), join(folder, 'drivers')],
  });
  t.deepEqual(found.packages, {
    '@tensorflow/tfjs-core': '4.22.0',
    '@tensorflow/tfjs-backend-cpu': null,
    '@tensorflow/tfjs-backend-wasm': null,
    '@tensorflow/tfjs-backend-webgpu': null,
    '@tensorflow/tfjs-node-gpu': null,
    webgpu: '0.7.0',
  });
  t.deepEqual(found.providers, [library('cuda').slice('far/onnxruntime-node/bin/'.length)]);
  t.deepEqual(found.vulkan, [join(folder, 'drivers', 'a.json'), join(folder, 'drivers', 'b.json')]);
});

test('a provider, a driver or a package that comes or goes is noticed', async (t) => {
  const folder = await temporaryFolder(t, {
    [library('cuda')]: '',
    'far/webgpu/package.json': '{"version":"0.6.2"}',
    'drivers/a.json': '{}',
  });
  const look = () => installedParts({ packages: [join(folder, 'far')], vulkan: [join(folder, 'drivers')] });
  const before = await look();
  t.deepEqual(await look(), before);
  for (const change of [
    () => writeFile(join(folder, library('tensorrt')), ''),
    () => rm(join(folder, 'drivers', 'a.json')),
    () => writeFile(join(folder, 'far/webgpu/package.json'), '{"version":"0.6.3"}'),
  ]) {
    const last = await look();
    await change();
    t.notDeepEqual(await look(), last);
  }
});

test('here the package that other tests run on is found', async (t) => {
  t.is((await installedParts()).packages['@tensorflow/tfjs-core'], '4.22.0');
});
