import { readFile } from 'node:fs/promises';
import { decodeModel } from '../../../stages/onnx/decode.js';
import type { Engine, EngineSession, EngineTensor, HostTensor } from '../engine.js';
import { prepare } from './interpreter.js';
import type { TensorFlow } from './tensorflow.js';
import { readValue, uploadValue } from './transfer.js';
import type { Value } from './value.js';

/**
 * TensorFlow.js with a backend that is loaded: interprets graphs node by node.
 * @param provider name of the backend
 */
export function tensorFlowEngine(tf: TensorFlow, provider: string): Engine {
  // A thread has one current backend, which another engine of TensorFlow.js may have changed.
  const use = async (): Promise<void> => {
    if (tf.getBackend() !== provider) await tf.setBackend(provider);
  };
  return {
    name: 'tfjs',
    version: tf.version_core,
    provider,
    async upload(tensor) {
      await use();
      return new TensorFlowTensor(uploadValue(tf, tensor), use);
    },
    open: (file) => openSession(tf, file, use),
  };
}

async function openSession(tf: TensorFlow, file: string, use: () => Promise<void>): Promise<EngineSession> {
  const model = decodeModel(await readFile(file));
  await use();
  const graph = await prepare(tf, model);
  return {
    async run(feeds) {
      const values = Object.entries(feeds).map(([name, tensor]) => [name, valueIn(tensor)] as const);
      await use();
      const outputs = graph.run(new Map(values));
      return Object.fromEntries(
        [...outputs].map(([name, value]) => [name, new TensorFlowTensor(value, use)]),
      );
    },
    dispose: async () => graph.dispose(),
  };
}

class TensorFlowTensor implements EngineTensor {
  readonly #use: () => Promise<void>;

  constructor(
    readonly value: Value,
    use: () => Promise<void>,
  ) {
    this.#use = use;
  }

  get dims(): readonly number[] {
    return this.value.dims;
  }

  async read(): Promise<HostTensor> {
    await this.#use();
    return readValue(this.value);
  }

  dispose(): void {
    this.value.dispose();
  }
}

function valueIn(tensor: EngineTensor): Value {
  if (tensor instanceof TensorFlowTensor) return tensor.value;
  throw new TypeError('a tensor of another engine can not be fed to TensorFlow.js');
}
