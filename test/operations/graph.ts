import type { Attribute, Model, Node, Tensor } from '../../stages/onnx/model.js';
import { compilePerturbation, compileScoring } from '../../stages/scoring/compile-passes.js';

/** An attribute as it is written in tests: one key that says its kind. */
export interface WrittenAttribute {
  readonly int?: number;
  readonly float?: number;
  readonly string?: string;
  readonly ints?: readonly number[];
  readonly floats?: readonly number[];
  readonly tensor?: Tensor;
}

export interface WrittenNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, WrittenAttribute>>;
}

/** A classifier of images [batch, C, H, W], from `image` to `logits`. */
export interface WrittenGraph {
  readonly nodes: readonly WrittenNode[];
  readonly initializers: Readonly<Record<string, Tensor>>;
  /** [C, H, W] */
  readonly image: readonly number[];
  readonly opset?: number;
  /** The batch size that the file was written with; free when left out. */
  readonly batch?: number | null;
}

export function modelOf({ nodes, initializers, image, opset = 17, batch = null }: WrittenGraph): Model {
  return {
    opset,
    metadata: new Map(),
    graph: {
      name: 'test',
      nodes: nodes.map(nodeOf),
      initializers: new Map(Object.entries(initializers)),
      inputs: [{ name: 'image', type: 'float32', dims: [batch ?? 'N', ...image] }],
      outputs: [{ name: 'logits', type: 'float32', dims: [batch ?? 'N', 'K'] }],
    },
  };
}

function nodeOf({ type, inputs, outputs, attributes = {} }: WrittenNode, index: number): Node {
  return {
    name: `node${index}`,
    type,
    domain: '',
    inputs,
    outputs,
    attributes: new Map(Object.entries(attributes).map(([name, value]) => [name, attributeOf(value)])),
  };
}

function attributeOf({
  int,
  float,
  string: text,
  ints,
  floats: numbers,
  tensor,
}: WrittenAttribute): Attribute {
  if (int !== undefined) return { kind: 'int', value: int };
  if (float !== undefined) return { kind: 'float', value: float };
  if (text !== undefined) return { kind: 'string', value: text };
  if (ints) return { kind: 'ints', value: ints };
  if (numbers) return { kind: 'floats', value: numbers };
  if (tensor) return { kind: 'tensor', value: tensor };
  throw new TypeError('an attribute needs a value');
}

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
