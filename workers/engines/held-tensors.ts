import type { EngineTensor } from './engine.js';

/** Tensors that stay where an engine keeps them until another takes their name, or all are given back. */
export class HeldTensors {
  readonly #tensors = new Map<string, EngineTensor>();

  put(name: string, tensor: EngineTensor): EngineTensor {
    this.#tensors.get(name)?.dispose();
    this.#tensors.set(name, tensor);
    return tensor;
  }

  dispose(): void {
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
  }
}
