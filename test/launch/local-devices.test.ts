import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { localDevices } from '../../scripts/launch/local-devices.js';
import { InputError } from '../../stages/errors.js';
import { temporaryFolder } from '../temporary-folder.js';

/** Puts a program in front of the machine's own nvidia-smi. */
async function nvidiaSmi(t: ExecutionContext, text: string): Promise<void> {
  const folder = await temporaryFolder(t, { 'nvidia-smi': `#!/bin/sh\n${text}\n` });
  await chmod(join(folder, 'nvidia-smi'), 0o755);
  const { PATH, CUDA_VISIBLE_DEVICES: visible } = process.env;
  process.env.PATH = `${folder}:${PATH}`;
  delete process.env.CUDA_VISIBLE_DEVICES;
  t.teardown(() => {
    process.env.PATH = PATH;
    if (visible !== undefined) process.env.CUDA_VISIBLE_DEVICES = visible;
  });
}

test.serial('GPUs that the machine does not have are refused before any process is started', async (t) => {
  await nvidiaSmi(t, 'printf "0\\n1\\n"');
  t.deepEqual(await localDevices('cuda:1'), [{ name: 'cuda', which: '1' }]);
  await t.throwsAsync(localDevices('cuda:0,1,7'), {
    instanceOf: InputError,
    message:
      '--device: "cuda:0,1,7" has cuda:7, but this machine has cuda:0, cuda:1; name some of these, or --device cuda for all',
  });
});

test.serial('where GPUs can’t be counted those that were named are believed', async (t) => {
  await nvidiaSmi(t, 'exit 9');
  t.is((await localDevices('cuda:0,1,7')).length, 3);
});

test.serial('names that are no numbers of GPUs are not looked for', async (t) => {
  t.deepEqual(await localDevices('tfjs-webgpu:A,B'), [
    { name: 'tfjs-webgpu', which: 'A' },
    { name: 'tfjs-webgpu', which: 'B' },
  ]);
  t.is((await localDevices('cpu:0,1')).length, 2);
});
