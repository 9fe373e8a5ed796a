import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import type { Engine, EngineSession, HostTensor } from './engine.js';

/** ONNX Runtime on the CPU, as the npm package ships it. */
export const onnxRuntimeCpu: Engine = {
  name: 'onnxruntime',
  version: env.versions.node ?? env.versions.common,
  provider: 'cpu',
  open: async (file, { threads }) => sessionOf(await InferenceSession.create(file, cpuOptions(threads))),
};

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

function sessionOf(session: InferenceSession): EngineSession {
  return {
    async run(feeds) {
      const inputs = Object.entries(feeds).map(([name, tensor]) => [name, toRuntime(tensor)]);
      const outputs = await session.run(Object.fromEntries(inputs));
      return Object.fromEntries(
        Object.entries(outputs).map(([name, tensor]) => [name, fromRuntime(name, tensor)]),
      );
    },
    dispose: () => session.release(),
  };
}

function toRuntime({ data, dims }: HostTensor): Tensor {
  return data instanceof Float32Array ? new Tensor('float32', data, dims) : new Tensor('int64', data, dims);
}

function fromRuntime(name: string, { data, dims }: Tensor): HostTensor {
  if (data instanceof Float32Array) return { type: 'float32', dims, data };
  if (data instanceof BigInt64Array) return { type: 'int64', dims, data };
  throw new TypeError(`output ${name} is neither float32 nor int64`);
}
