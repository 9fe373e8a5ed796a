import type { Model, Tensor } from '../../stages/onnx/model.js';
import { compilePerturbation, compileScoring } from '../../stages/scoring/compile-passes.js';
import { modelOf, type WrittenAttribute, type WrittenNode } from '../../workers/parity/written-graph.js';

export { modelOf, type WrittenAttribute, type WrittenNode };

/** A float32 tensor; elements that are left out are multiples of 1/8, no two neighbours equal. */
export function floats(dims: readonly number[], values?: readonly number[]): Tensor {
  const count = dims.reduce((product, size) => product * size, 1);
  const data = values ?? Array.from({ length: count }, (_, i) => (((i * 5) % 13) - 6) / 8);
  return { type: 'float32', dims, data: Float32Array.from(data) };
}

export function integers(values: readonly number[], dims: readonly number[] = [values.length]): Tensor {
  return { type: 'int64', dims, data: BigInt64Array.from(values, BigInt) };
}

export function booleans(...values: readonly boolean[]): Tensor {
  return { type: 'bool', dims: [], data: Uint8Array.from(values, Number) };
}

/**
 * A classifier of images [3, 4, 4]: a convolution `stem` makes x [N, 4, 4, 4], the nodes make y of it, and y flattened
 * is the logits.
 */
export function around(
  nodes: readonly WrittenNode[],
  initializers: Readonly<Record<string, Tensor>> = {},
  options: { readonly opset?: number; readonly batch?: number } = {},
): Model {
  return modelOf({
    nodes: [
      { type: 'Conv', inputs: ['image', 'stem.weight'], outputs: ['x'] },
      ...nodes,
      { type: 'Flatten', inputs: ['y'], outputs: ['logits'] },
    ],
    initializers: { 'stem.weight': floats([4, 3, 1, 1]), ...initializers },
    image: [3, 4, 4],
    ...options,
  });
}

/** One node of `around`, from x to y. */
export function node(
  type: string,
  inputs: readonly string[],
  attributes: Readonly<Record<string, WrittenAttribute>> = {},
  outputs: readonly string[] = ['y'],
): WrittenNode {
  return { type, inputs, outputs, attributes };
}

/** Compiles both passes, for what is wrong with the model to be thrown. */
export function compile(model: Model): void {
  compilePerturbation(model);
  compileScoring(model);
}
