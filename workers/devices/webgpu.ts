import { onnxRuntimeMemory } from '../engines/onnxruntime-memory.js';
import type { DeviceKind } from './device.js';
import { withoutDesktop } from './vulkan.js';

/** ONNX Runtime on a GPU by WebGPU, whose provider ships in the package. The driver chooses the GPU. */
export const webgpu: DeviceKind = {
  name: 'webgpu',
  description: 'ONNX Runtime on a GPU (WebGPU by Vulkan, Metal or Direct3D 12)',
  engine: 'onnxruntime',
  lowerings: 'webgpu',
  precisions: ['fp32'],
  eachHas: 'gpu',
  memoryUse: () => onnxRuntimeMemory,
  choice: null,
  all: async () => [{ name: 'webgpu', which: null }],
  environment: withoutDesktop,
  load: async (device) => (await import('./onnxruntime-provider.js')).loadProvider('webgpu', device),
};
