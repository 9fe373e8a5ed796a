import type { MemoryUse } from './memory-use.js';

/**
 * What graphs take of a GPU's memory, where every graph that is open keeps an arena of its own. An arena grows by pieces that
 * double, so that it holds up to twice what is alive at its peak; weights are copied into the layout that kernels want.
 * Measured with the provider of ONNX Runtime 1.29 for seven networks, batches of 8 and 32, one ε and five at once
 * (`scripts/cuda-stand-in`): what a model's graphs take together is 60 to 102 % of this. `processBytes` is CUDA's own.
 */
export const cudaMemory: MemoryUse = {
  processBytes: 1e9,
  workerBytes: 0,
  weightFactor: 2,
  valueFactor: 1.9,
  values: 'kept by each graph',
};
