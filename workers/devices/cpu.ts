import { onnxRuntimeMemory } from '../engines/onnxruntime-memory.js';
import type { DeviceKind } from './device.js';

/** ONNX Runtime on the CPU. Workers divide the cores; numbers name groups of cores, with one worker each. */
export const cpu: DeviceKind = {
  name: 'cpu',
  description: 'ONNX Runtime on the CPU',
  engine: 'onnxruntime',
  lowerings: 'cpu',
  precisions: ['fp32'],
  eachHas: 'cores',
  memoryUse: () => onnxRuntimeMemory,
  choice: { words: 'numbers of groups of cores', accepts: (which) => /^(0|[1-9]\d{0,3})$/.test(which) },
  all: async () => [{ name: 'cpu', which: null }],
  load: async () => (await import('../engines/onnxruntime.js')).onnxRuntimeCpu,
};
