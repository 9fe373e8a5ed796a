import { DeviceError } from '../../stages/errors.js';
import { isError } from '../../stages/is-error.js';
import { setting } from '../../stages/setting.js';
import type { Engine } from '../engines/engine.js';
import type { GpuProvider } from '../engines/execution-provider.js';
import { onnxRuntime, probeProvider } from '../engines/onnxruntime.js';
import { type Device, deviceText } from './device.js';
import { installation } from './installation.js';
import { providerFiles, whyNotLoaded } from './provider-files.js';

const remedies: Readonly<Record<GpuProvider, string>> = {
  cuda: `install it with: ${installation.cuda}`,
  tensorrt: `install it with: ${installation.tensorrt}`,
  webgpu: installation.vulkanDriver,
};

/**
 * ONNX Runtime by a provider that is known to work: it has run a graph of one node.
 * @throws DeviceError when the provider can't be loaded, with the command that installs it
 */
export async function loadProvider(provider: GpuProvider, device: Device): Promise<Engine> {
  const deviceId = Number(device.which ?? 0);
  try {
    await probeProvider(provider, deviceId);
  } catch (error) {
    const [said = ''] = String(isError(error) ? error.message : error).split('\n');
    const absent = absentGpu(said, device);
    if (absent !== null) throw new DeviceError(absent, { cause: error });
    const files = provider === 'webgpu' ? null : await providerFiles(onnxRuntime('cpu').version);
    const why = files && (await whyNotLoaded(files, provider));
    const reason = why ?? said.replace(/^.* was false\. /, '').trim();
    // A reason that says how to fix it needs no other remedy.
    const remedy = why?.includes(': install ') ? '' : `; ${remedies[provider]}`;
    throw new DeviceError(
      `${setting('device', deviceText(device))}: ONNX Runtime can't load this provider (${reason})${remedy}`,
      { cause: error },
    );
  }
  return onnxRuntime(provider, deviceId);
}

/**
 * What to say where the provider is there, but the GPU is not.
 * @param said by the provider: CUDA's 100 is `no CUDA-capable device`, its 101 `invalid device ordinal`
 * @returns null where something else is wrong
 */
export function absentGpu(said: string, device: Device): string | null {
  if (!/CUDA failure 10[01]\b/.test(said)) return null;
  return (
    `${setting('device', deviceText(device))}: CUDA finds no GPU ${device.which ?? 0} for this process; numbers begin at 0, ` +
    `nvidia-smi -L lists the GPUs of this machine, and CUDA_VISIBLE_DEVICES may hide some; or use ${setting('device', 'cpu')}`
  );
}
