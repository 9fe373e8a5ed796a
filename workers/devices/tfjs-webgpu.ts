import { javaScriptMemory } from '../engines/tfjs/tfjs-memory.js';
import type { DeviceKind } from './device.js';
import { withoutDesktop } from './vulkan.js';

/** TensorFlow.js on a GPU by WebGPU. Equal cards have equal names: the Vulkan loader tells them apart per process. */
export const tfjsWebGpu: DeviceKind = {
  name: 'tfjs-webgpu',
  description: 'TensorFlow.js on a GPU (WebGPU by Vulkan, Metal or Direct3D 12)',
  engine: 'tfjs',
  lowerings: 'portable',
  precisions: ['fp32'],
  eachHas: 'gpu',
  memoryUse: () => javaScriptMemory,
  choice: { words: 'names of GPUs', accepts: (which) => which.trim() !== '' },
  all: async () => [{ name: 'tfjs-webgpu', which: null }],
  environment: withoutDesktop,
  load: async ({ which }) => (await import('./load-tfjs.js')).loadWebGpu(which),
};
