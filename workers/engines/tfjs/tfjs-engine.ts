import { collectGarbage } from '../../collect-garbage.js';
import { readGraph } from '../../onnx-files/graph-files.js';
import type { Engine, EngineSession, EngineTensor, HostTensor } from '../engine.js';
import { type Interpretation, prepare } from './interpreter.js';
import type { OrderedTensor } from './ordered-tensor.js';
import type { TensorFlow } from './tensorflow.js';
import { readValue, uploadValue } from './transfer.js';

/** What a backend doesn't do by itself. */
export interface DeviceCare {
  /** @throws Error in one line with what failed on the device since this was last asked; DeviceLostError from then on */
  readonly check: () => void;
  /** Gives memory that no tensor holds back to the device. */
  readonly trim: () => void;
}

const noCare: DeviceCare = { check: () => {}, trim: () => {} };

/**
 * TensorFlow.js with a backend that is loaded: interprets graphs node by node.
 * @param provider name of the backend
 */
export function tensorFlowEngine(tf: TensorFlow, provider: string, care: DeviceCare = noCare): Engine {
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
      // Copied: a backend may keep the array itself, which stays the caller's.
      return new TensorFlowTensor(uploadValue(tf, { ...tensor, data: tensor.data.slice() }), use, care);
    },
    open: (file) => openSession(tf, file, use, care),
  };
}

async function openSession(
  tf: TensorFlow,
  file: string,
  use: () => Promise<void>,
  care: DeviceCare,
): Promise<EngineSession> {
  await use();
  const graph = await load(tf, file);
  // The file and its weights: the next graph would be opened on top of them.
  collectGarbage();
  const dispose = (): void => {
    graph.dispose();
    care.trim();
  };
  try {
    care.check();
  } catch (error) {
    dispose();
    throw error;
  }
  return {
    async run(feeds) {
      const values = Object.entries(feeds).map(([name, tensor]) => [name, valueIn(tensor)] as const);
      await use();
      const outputs = graph.run(new Map(values));
      return Object.fromEntries(
        [...outputs].map(([name, value]) => [name, new TensorFlowTensor(value, use, care)]),
      );
    },
    dispose: async () => dispose(),
  };
}

async function load(tf: TensorFlow, file: string): Promise<Interpretation> {
  return prepare(tf, await readGraph(file));
}

class TensorFlowTensor implements EngineTensor {
  readonly #use: () => Promise<void>;
  readonly #care: DeviceCare;

  constructor(
    readonly value: OrderedTensor,
    use: () => Promise<void>,
    care: DeviceCare,
  ) {
    this.#use = use;
    this.#care = care;
  }

  get dims(): readonly number[] {
    return this.value.dims;
  }

  async read(): Promise<HostTensor> {
    await this.#use();
    try {
      return await readValue(this.value);
    } finally {
      // Only now is it known whether all that it was computed from is right. It says more than a failed read.
      this.#care.check();
    }
  }

  dispose(): void {
    this.value.dispose();
  }
}

function valueIn(tensor: EngineTensor): OrderedTensor {
  if (tensor instanceof TensorFlowTensor) return tensor.value;
  throw new TypeError('a tensor of another engine can not be fed to TensorFlow.js');
}
