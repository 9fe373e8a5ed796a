import type { Engine } from '../engines/engine.js';
import { type ExecutionProvider, onnxRuntime, probeProvider } from '../engines/onnxruntime.js';
import { DeviceError } from './device-error.js';

const remedies: Readonly<Record<Exclude<ExecutionProvider, 'cpu'>, string>> = {
  cuda:
    'install it with: ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js ' +
    '(it needs CUDA 12 and cuDNN 9)',
  tensorrt:
    'install it with: ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js ' +
    '(it needs CUDA 12, cuDNN 9 and TensorRT 10)',
  webgpu:
    'install a Vulkan driver for the GPU and the loader (on Debian: apt-get install libvulkan1 mesa-vulkan-drivers)',
};

/**
 * ONNX Runtime by a provider that is known to work: it has run a graph of one node.
 * @throws DeviceError when the provider can't be loaded, with the command that installs it
 */
export async function loadProvider(
  provider: Exclude<ExecutionProvider, 'cpu'>,
  deviceId: number,
): Promise<Engine> {
  try {
    await probeProvider(provider, deviceId);
  } catch (error) {
    const [said = ''] = String(error instanceof Error ? error.message : error).split('\n');
    throw new DeviceError(
      `--device ${provider}: ONNX Runtime can't load this provider (${said.replace(/^.* was false\. /, '').trim()}); ${remedies[provider]}`,
      { cause: error },
    );
  }
  return onnxRuntime(provider, deviceId);
}
