import type { Engine } from './engine.js';

/** The execution providers of ONNX Runtime that run graphs on a GPU, and may leave nodes to the CPU. */
const gpuProviders = ['cuda', 'tensorrt', 'webgpu'] as const;

export type GpuProvider = (typeof gpuProviders)[number];

/** The execution providers that graphs run on. */
export type ExecutionProvider = 'cpu' | GpuProvider;

/** By which of them an engine runs graphs; null on the CPU, and for other engines. */
export function gpuProviderOf({ name, provider }: Pick<Engine, 'name' | 'provider'>): GpuProvider | null {
  if (name !== 'onnxruntime') return null;
  return gpuProviders.find((one) => one === provider) ?? null;
}
