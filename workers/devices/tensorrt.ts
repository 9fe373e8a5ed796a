import { onnxRuntimeMemory } from '../engines/onnxruntime-memory.js';
import type { DeviceKind } from './device.js';
import { installation } from './installation.js';
import { gpuNumber, nvidiaGpus, onlyGpu } from './nvidia.js';

/** ONNX Runtime on NVIDIA GPUs by TensorRT, which takes minutes to build a graph and may compute in half precision. */
export const tensorrt: DeviceKind = {
  name: 'tensorrt',
  description: 'ONNX Runtime on NVIDIA GPUs (TensorRT)',
  engine: 'onnxruntime',
  // Allowed half precision, TensorRT may take it anywhere: masks of single precision would overflow there.
  lowerings: (precision) => (precision === 'fp16' ? 'half' : 'portable'),
  precisions: ['fp32', 'tf32', 'fp16'],
  eachHas: 'gpu',
  memoryUse: () => onnxRuntimeMemory,
  choice: { words: 'numbers of GPUs', accepts: gpuNumber },
  all: () => nvidiaGpus('tensorrt', installation.tensorrt),
  alone: (which) => onlyGpu({ name: 'tensorrt', which }),
  environment: (precision): Record<string, string> => ({
    ...(precision === 'fp32' ? { NVIDIA_TF32_OVERRIDE: '0' } : {}),
    ORT_TENSORRT_FP16_ENABLE: precision === 'fp16' ? '1' : '0',
  }),
  load: async (device) => (await import('./onnxruntime-provider.js')).loadProvider('tensorrt', device),
};
