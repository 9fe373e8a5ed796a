import { readFile } from 'node:fs/promises';
import { decodeModel } from '../../../stages/onnx/decode.js';
import type { Engine, EngineSession, EngineTensor, HostTensor } from '../engine.js';
import { prepare } from './interpreter.js';
import type { TensorFlow } from './tensorflow.js';
import { readValue, uploadValue } from './transfer.js';
import type { Value } from './value.js';

/**
 * TensorFlow.js with a backend that is set: interprets graphs node by node.
 * @param provider name of the backend
 */
export function tensorFlowEngine(tf: TensorFlow, provider: string): Engine {
  return {
    name: 'tfjs',
    version: tf.version_core,
    provider,
    upload: async (tensor) => new TensorFlowTensor(uploadValue(tf, tensor)),
    open: async (file) => openSession(tf, file),
  };
}

async function openSession(tf: TensorFlow, file: string): Promise<EngineSession> {
  const graph = await prepare(tf, decodeModel(await readFile(file)));
  return {
    async run(feeds) {
      const values = Object.entries(feeds).map(([name, tensor]) => [name, valueIn(tensor)] as const);
      const outputs = graph.run(new Map(values));
      return Object.fromEntries([...outputs].map(([name, value]) => [name, new TensorFlowTensor(value)]));
    },
    dispose: async () => graph.dispose(),
  };
}

class TensorFlowTensor implements EngineTensor {
  constructor(readonly value: Value) {}

  get dims(): readonly number[] {
    return this.value.dims;
  }

  read(): Promise<HostTensor> {
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
