import { cudaMemory, cudaProcessMemory } from '../engines/cuda-memory.js';
import type { DeviceKind } from './device.js';
import { installation } from './installation.js';
import { gpuNumber, nvidiaGpus, nvidiaMemory, onlyGpu } from './nvidia.js';

const presets = { fp32: 'cuda-single', tf32: 'cuda', fp16: 'cuda-half' } as const;

/**
 * ONNX Runtime on NVIDIA GPUs by CUDA. In half precision TF32 is allowed too: it keeps the ten bits of a float16's
 * fraction, and products of norms are products of such numbers.
 */
export const cuda: DeviceKind = {
  name: 'cuda',
  description: 'ONNX Runtime on NVIDIA GPUs (CUDA 12 or 13)',
  engine: 'onnxruntime',
  lowerings: (precision) => presets[precision],
  precisions: ['fp32', 'tf32', 'fp16'],
  eachHas: 'gpu',
  // ResNet-50 on an H200 (TF32, batches of 32), images · ε a second: 1184 pass by pass, 1360 by 2 together, 1792 by 5.
  stepsTogether: 5,
  memoryUse: () => cudaProcessMemory,
  ownMemory: { smallest: nvidiaMemory, use: cudaMemory },
  choice: { words: 'numbers of GPUs', accepts: gpuNumber },
  all: () => nvidiaGpus('cuda', installation.cuda),
  alone: (which) => onlyGpu({ name: 'cuda', which }),
  // The runtime library takes TF32 unless it is told not to.
  environment: (precision): Record<string, string> =>
    precision === 'fp32' ? { NVIDIA_TF32_OVERRIDE: '0' } : {},
  load: async (device) => (await import('./onnxruntime-provider.js')).loadProvider('cuda', device),
};
