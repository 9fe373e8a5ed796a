import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { otherVersion, whyNotLoaded } from '../../workers/devices/provider-files.js';
import { temporaryFolder } from '../temporary-folder.js';

const none = async (): Promise<readonly string[]> => [];

test('a provider that can not be loaded is told by the file that is missing', async (t) => {
  const folder = await temporaryFolder(t);
  const files = { folder, version: '1.30.0' };
  t.is(await whyNotLoaded(files, 'cuda', none), `libonnxruntime_providers_shared.so isn't in ${folder}`);
  await writeFile(join(folder, 'libonnxruntime_providers_shared.so'), '');
  t.is(await whyNotLoaded(files, 'cuda', none), `libonnxruntime_providers_cuda.so isn't in ${folder}`);
});

test('it is told by the libraries that it needs, and what brings them', async (t) => {
  const files = await withLibraries(t, 'version 1.30.0');
  const missing = async () => ['libcublasLt.so.13', 'libcudart.so.13', 'libcudnn.so.9'];
  t.is(
    await whyNotLoaded(files, 'cuda', missing),
    'it needs libcublasLt.so.13, libcudart.so.13, libcudnn.so.9, not found on this machine: install CUDA 13 and cuDNN 9; ' +
      'or name the folders that hold them in LD_LIBRARY_PATH',
  );
  t.regex(
    (await whyNotLoaded(files, 'cuda', async () => ['libcuda.so.1'])) ?? '',
    /: install NVIDIA's driver; or/,
  );
});

test('it is told where it is of another version than the runtime, and nothing where all is there', async (t) => {
  const other = await withLibraries(t, 'version 1.29.0');
  t.regex((await whyNotLoaded(other, 'cuda', none)) ?? '', /is not of ONNX Runtime 1\.30\.0, .*one version$/);
  t.is(await otherVersion(other, 'cuda'), await whyNotLoaded(other, 'cuda', none), 'also where it is loaded');
  // Over the edge of the pieces in which a file is read.
  const long = await withLibraries(t, `${'.'.repeat((1 << 20) - 3)}1.30.0${'.'.repeat(9)}`);
  t.is(await whyNotLoaded(long, 'cuda', none), null);
  t.is(await otherVersion(long, 'cuda'), null);
  t.is(await otherVersion(long, 'tensorrt'), null, 'of what is not there no version is told');
});

async function withLibraries(t: Parameters<typeof temporaryFolder>[0], text: string) {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'libonnxruntime_providers_shared.so'), '');
  await writeFile(join(folder, 'libonnxruntime_providers_cuda.so'), text);
  return { folder, version: '1.30.0' };
}
