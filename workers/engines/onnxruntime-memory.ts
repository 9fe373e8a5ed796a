import type { MemoryUse } from './memory-use.js';

/**
 * The pool process takes its part before the first graph is open. An open graph takes more than its weights (the file is
 * parsed, and kernels keep packed copies), and a run more than the values alive at its peak, since the arena keeps what
 * it has. Chosen so that the peaks of fourteen runs of ResNet-18, ResNet-50 and WRN-28-10, with 1 to 4 workers and batches
 * of 2 to 32, are 70 to 90 % of the estimate. With tiny networks the process itself is most of it, and what the reduction
 * keeps for a while: its part is the largest that was seen with a few hundred MB allowed.
 */
export const onnxRuntimeMemory: MemoryUse = {
  processBytes: 210e6,
  workerBytes: 30e6,
  weightFactor: 2.1,
  valueFactor: 1.5,
  values: 'kept by each graph',
};
