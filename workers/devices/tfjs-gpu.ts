import { javaScriptMemory } from '../engines/tfjs/tfjs-memory.js';
import { type DeviceKind, deviceText } from './device.js';
import { installation } from './installation.js';
import { gpuNumber, nvidiaGpus, onlyGpu } from './nvidia.js';

/** TensorFlow.js on NVIDIA GPUs by tfjs-node-gpu, an optional peer dependency. One process holds one GPU. */
export const tfjsGpu: DeviceKind = {
  name: 'tfjs-gpu',
  description: 'TensorFlow.js on an NVIDIA GPU (TensorFlow 2.9 with CUDA 11.2)',
  engine: 'tfjs',
  lowerings: 'portable',
  precisions: ['fp32', 'tf32'],
  eachHas: 'process',
  memoryUse: () => javaScriptMemory,
  choice: { words: 'numbers of GPUs', accepts: gpuNumber },
  all: () => nvidiaGpus('tfjs-gpu', installation.nodeGpuPackage),
  alone: (which) => onlyGpu({ name: 'tfjs-gpu', which }),
  // TensorFlow takes TF32 unless it is told not to, and every GPU that it sees.
  environment: (precision, [device]): Record<string, string> => ({
    ...(precision === 'fp32' ? { NVIDIA_TF32_OVERRIDE: '0' } : {}),
    ...(device === undefined ? {} : onlyGpu(device)),
  }),
  load: async (device) => (await import('./load-tfjs.js')).loadNodeGpu(deviceText(device)),
};
