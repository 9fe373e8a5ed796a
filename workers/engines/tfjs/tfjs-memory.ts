import type { MemoryUse } from '../memory-use.js';

/**
 * TensorFlow.js on WebAssembly. A worker has TensorFlow.js's modules and its compiled WebAssembly to itself, and one
 * heap for all graphs, which never shrinks. A convolution keeps its filter, and of what its kernel has packed twice as
 * much. While a node runs, up to half as much again is alive as between nodes, and freed blocks are of other sizes than
 * asked for. Chosen so that the peaks of fifteen runs of three tiny networks, ResNet-8, WRN-10-2, ResNet-18, ResNet-50
 * and WRN-28-10, with 1 or 2 workers and batches of 1 to 32, are 68 to 91 % of the estimate.
 */
export const webAssemblyMemory: MemoryUse = {
  processBytes: 160e6,
  workerBytes: 110e6,
  weightFactor: 3.4,
  valueFactor: 2.5,
  values: 'shared by all graphs',
};

/**
 * TensorFlow.js in plain JavaScript, which keeps weights once, and of values what is not collected yet. Chosen so that
 * the peaks of ten runs of three tiny networks, ResNet-8 and WRN-10-2, with 1 or 2 workers and batches of 4 to 32, are
 * 72 to 80 % of the estimate; of ResNet-18 (minutes for a batch) one image was scored. It stands for GPUs too, where
 * nothing is measured: values are not in this process's memory there, but drivers and their libraries are.
 */
export const javaScriptMemory: MemoryUse = {
  processBytes: 160e6,
  workerBytes: 75e6,
  weightFactor: 1.5,
  valueFactor: 2.5,
  values: 'shared by all graphs',
};
