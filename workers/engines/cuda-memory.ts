import type { MemoryUse } from './memory-use.js';

/**
 * What graphs take of a GPU's memory, where every graph that is open keeps an arena of its own. An arena grows by pieces that
 * double, so that it holds up to twice what is alive at its peak; weights are copied into the layout that kernels want.
 * Measured with the provider of ONNX Runtime 1.29 for seven networks, batches of 8 and 32, one ε and five at once
 * (`scripts/cuda-stand-in`): what a model's graphs take together is 50 to 98 % of this. `processBytes` is CUDA's own.
 */
export const cudaMemory: MemoryUse = {
  processBytes: 1e9,
  workerBytes: 0,
  weightFactor: 2,
  valueFactor: 2.2,
  values: 'kept by each graph',
};

/**
 * What CUDA takes of the process's memory, beside that of the GPU: files and weights while graphs are opened, and batches on
 * their way. Measured as above for ResNet-18, ResNet-50 and ViT-B/16, where 1.2 to 3.2 GB were used, 0.8 GB of it for any
 * network; the rest of `processBytes` is room for the driver and its libraries.
 */
export const cudaProcessMemory: MemoryUse = {
  processBytes: 2e9,
  workerBytes: 30e6,
  weightFactor: 1.5,
  valueFactor: 0.03,
  values: 'kept by each graph',
};
