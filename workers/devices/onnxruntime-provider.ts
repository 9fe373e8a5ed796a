import { DeviceError } from '../../stages/errors.js';
import { isError } from '../../stages/is-error.js';
import { setting } from '../../stages/setting.js';
import type { Engine } from '../engines/engine.js';
import type { GpuProvider } from '../engines/execution-provider.js';
import { onnxRuntime, probeProvider } from '../engines/onnxruntime.js';
import { cudaFault } from './cuda-fault.js';
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
 * @throws DeviceError when the provider can't be loaded, with the command that installs it, or CUDA refuses the GPU
 */
export async function loadProvider(provider: GpuProvider, device: Device): Promise<Engine> {
  const deviceId = Number(device.which ?? 0);
  try {
    await probeProvider(provider, deviceId);
  } catch (error) {
    const [said = ''] = String(isError(error) ? error.message : error).split('\n');
    const fault = provider === 'webgpu' ? null : cudaFault(said, device);
    if (fault !== null) throw new DeviceError(fault, { cause: error });
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
