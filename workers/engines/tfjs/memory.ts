import type { MemoryUse } from '../memory-use.js';

/**
 * TensorFlow.js on WebAssembly.
 */
export const webAssemblyMemory: MemoryUse = {
  processBytes: 160e6,
  workerBytes: 110e6,
  weightFactor: 3.4,
  valueFactor: 2.5,
  values: 'shared by all graphs',
};

/**
 * TensorFlow.js in plain JavaScript.
 */
export const javaScriptMemory: MemoryUse = {
  processBytes: 160e6,
  workerBytes: 110e6,
  weightFactor: 1.5,
  valueFactor: 2.5,
  values: 'shared by all graphs',
};
