import type { Attribute, Model, Node, Tensor } from '../../stages/onnx/model.js';

/** An attribute as cases write it: one key that says its kind. */
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
  readonly producer?: string | undefined;
}

export function modelOf({
  nodes,
  initializers,
  image,
  opset = 17,
  batch = null,
  producer,
}: WrittenGraph): Model {
  return {
    ...(producer === undefined ? {} : { producer }),
    opset,
    metadata: new Map(),
    graph: {
      name: 'case',
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
