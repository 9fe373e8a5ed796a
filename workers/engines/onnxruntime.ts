import './no-telemetry.js';
import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import { encodeModel } from '../../stages/onnx/encode.js';
import { channelsLastDomain } from '../../stages/onnx/model.js';
import {
  type Engine,
  type EngineSession,
  type EngineTensor,
  type HostTensor,
  outputNamed,
} from './engine.js';
import type { ExecutionProvider, GpuProvider } from './execution-provider.js';

/** ONNX Runtime on the CPU, as the npm package ships it. */
export const onnxRuntimeCpu: Engine = onnxRuntime('cpu');

/**
 * ONNX Runtime on one device.
 * @param deviceId which GPU, for CUDA and TensorRT
 */
export function onnxRuntime(provider: ExecutionProvider, deviceId = 0): Engine {
  return {
    name: 'onnxruntime',
    version: env.versions.node ?? env.versions.common,
    provider,
    upload:
      provider === 'webgpu' ? uploaderToWebGpu() : async (tensor) => new RuntimeTensor(toRuntime(tensor)),
    open: async (file, { threads, keepOnDevice = [] }) => {
      const options = provider === 'cpu' ? cpuOptions(threads) : gpuOptions(provider, deviceId, keepOnDevice);
      return sessionOf(await InferenceSession.create(file, options));
    },
  };
}

/**
 * Brings batches of images to the GPU once, through a graph of one node whose output stays there: otherwise each pass
 * would transfer them again. CUDA's and TensorRT's outputs always come back, so that there each pass does.
 */
function uploaderToWebGpu(): Engine['upload'] {
  let opening: Promise<InferenceSession> | undefined;
  return async (tensor) => {
    const host = toRuntime(tensor);
    if (tensor.type !== 'float32' || tensor.dims.length !== 4) return new RuntimeTensor(host);
    opening ??= InferenceSession.create(oneNode('Identity', imageDims), gpuOptions('webgpu', 0, ['y']));
    const { y } = await (await opening).run({ x: host });
    return new RuntimeTensor(outputNamed({ y }, 'y'));
  };
}

const imageDims = ['N', 'C', 'H', 'W'];

/**
 * Runs a graph of one node, of a kind that what is compiled for the provider needs.
 * @throws whatever the provider says when it can't be loaded or can't run
 */
export async function probeProvider(provider: GpuProvider, deviceId: number): Promise<void> {
  const dims = [1, 1, 1, 2];
  const domain = provider === 'cuda' ? channelsLastDomain : '';
  const graph = oneNode('GlobalAveragePool', dims, [1, 1, 1, provider === 'cuda' ? 2 : 1], domain);
  const session = await InferenceSession.create(graph, gpuOptions(provider, deviceId, []));
  try {
    await session.run({ x: new Tensor('float32', Float32Array.of(-1, 1), dims) });
  } finally {
    await session.release();
  }
}

/** x → y, both of these dimensions if no others are given for y. */
function oneNode(
  type: string,
  dims: readonly (number | string)[],
  outputDims: readonly (number | string)[] = dims,
  domain = '',
): Uint8Array {
  const value = (name: string, of: typeof dims) => ({ name, type: 'float32' as const, dims: of });
  const node = { name: type, type, domain, inputs: ['x'], outputs: ['y'], attributes: new Map() };
  return encodeModel({
    opset: 17,
    graph: {
      name: type,
      nodes: [node],
      initializers: new Map(),
      inputs: [value('x', dims)],
      outputs: [value('y', outputDims)],
    },
    metadata: new Map(),
  });
}

/** How graphs are opened on the CPU. @param threads inside one operation */
export function cpuOptions(threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Planned blocks come on top of what the first run took: half as much memory again, and no faster.
    enableMemPattern: false,
    // 3: errors.
    logSeverityLevel: 3,
  };
}

/**
 * How graphs are opened on a GPU. TF32 and TensorRT's half precision are settings of the whole process.
 * @param keepOnDevice outputs that the provider leaves where they are, if it can
 */
export function gpuOptions(
  provider: GpuProvider,
  deviceId: number,
  keepOnDevice: readonly string[],
): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider === 'webgpu' ? { name: provider } : { name: provider, deviceId }],
    // A provider leaves little to the CPU.
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    // Planned blocks come on top of what the first run took: CUDA then takes twice the memory.
    enableMemPattern: provider === 'webgpu',
    logSeverityLevel: 3,
    // Only WebGPU's outputs can stay on the device.
    ...(provider === 'webgpu' && keepOnDevice.length > 0
      ? { preferredOutputLocation: Object.fromEntries(keepOnDevice.map((name) => [name, 'gpu-buffer'])) }
      : {}),
  };
}

function sessionOf(session: InferenceSession): EngineSession {
  return {
    async run(feeds) {
      const inputs = Object.entries(feeds).map(([name, tensor]) => [name, runtimeTensorOf(tensor).tensor]);
      const outputs = await session.run(Object.fromEntries(inputs));
      return Object.fromEntries(
        session.outputNames.map((name) => [name, new RuntimeTensor(outputNamed(outputs, name))]),
      );
    },
    dispose: () => session.release(),
  };
}

class RuntimeTensor implements EngineTensor {
  constructor(readonly tensor: Tensor) {}

  get dims(): readonly number[] {
    return this.tensor.dims;
  }

  async read(): Promise<HostTensor> {
    const { dims, location } = this.tensor;
    // ONNX Runtime would end the process.
    if (location !== 'cpu' && location !== 'cpu-pinned')
      throw new TypeError('a tensor that was kept on the device can only be fed to a graph');
    const data = await this.tensor.getData();
    if (data instanceof Float32Array) return { type: 'float32', dims, data };
    if (data instanceof BigInt64Array) return { type: 'int64', dims, data };
    throw new TypeError('a tensor is neither float32 nor int64');
  }

  dispose(): void {
    this.tensor.dispose();
  }
}

function runtimeTensorOf(tensor: EngineTensor): RuntimeTensor {
  if (tensor instanceof RuntimeTensor) return tensor;
  throw new TypeError('a tensor of another engine can not be fed to ONNX Runtime');
}

function toRuntime({ data, dims }: HostTensor): Tensor {
  return data instanceof Float32Array ? new Tensor('float32', data, dims) : new Tensor('int64', data, dims);
}
