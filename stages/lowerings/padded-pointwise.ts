import type { Attribute, Graph, Model, Node, Tensor, ValueInfo } from '../onnx/model.js';
import { onlyRead, producersOf, readersOf } from '../onnx/wiring.js';

/**
 * Pads behind 1×1 convolutions what is padded before them or by them. ONNX Runtime's WebGPU provider (1.30) computes such
 * a convolution of stride 1 as a product of matrices, and does not see that it is padded at the ends alone; and a Pad that
 * only a convolution reads becomes part of it when the graph is opened. Of zeros around it makes zeros, to which its bias
 * is added then.
 */
export function padBehindPointwise(model: Model): Model {
  const { graph } = model;
  const initializers = new Map(graph.initializers);
  const values = new Map(graph.values);
  const producers = producersOf(graph.nodes);
  const readers = readersOf(graph.nodes);
  const given = new Set(graph.outputs.map(({ name }) => name));
  const behind = new Map<Node, readonly Node[]>();
  const dropped = new Set<Node>();
  for (const node of graph.nodes) {
    if (!isPointwise(node, graph)) continue;
    const [x = ''] = node.inputs;
    const own = padsOf(node.attributes.get('pads'));
    const before = producers.get(x);
    const isAlone = before !== undefined && readers.get(x)?.length === 1 && !given.has(x);
    const padded = isAlone ? zerosAround(before, graph) : null;
    if (padded !== null && before) dropped.add(before);
    if (padded === null && own.every((size) => size === 0)) continue;
    const from = padded === null ? x : (before?.inputs[0] ?? '');
    const pads = padded === null ? own : padded.map((size, at) => size + (own[at] ?? 0));
    behind.set(node, padding(node, from, pads, { initializers, values }));
  }
  if (behind.size === 0) return model;
  const nodes = graph.nodes
    .filter((node) => !dropped.has(node))
    .flatMap((node) => behind.get(node) ?? [node]);
  return { ...model, graph: { ...graph, nodes, initializers: onlyRead(initializers, nodes), values } };
}

/** A convolution of single pixels, each of them. */
function isPointwise({ type, inputs, attributes }: Node, { initializers }: Graph): boolean {
  const kernel = type === 'Conv' ? initializers.get(inputs[1] ?? '')?.dims.slice(2) : undefined;
  const strides = attributes.get('strides');
  return (
    kernel?.every((size) => size === 1) === true &&
    (strides?.kind !== 'ints' || strides.value.every((stride) => stride === 1))
  );
}

/** Of an attribute, begins and ends of the positions; empty where there is none. */
const padsOf = (attribute: Attribute | undefined): readonly number[] =>
  attribute?.kind === 'ints' ? attribute.value : [];

/** Begins and ends of the positions that a Pad puts zeros around, or null for any other node. */
function zerosAround({ type, inputs, attributes }: Node, { initializers }: Graph): readonly number[] | null {
  if (type !== 'Pad' || attributes.has('mode')) return null;
  const [, name = '', value = '', axes = ''] = inputs;
  const amounts = initializers.get(name);
  const filled = initializers.get(value);
  const isZero = value === '' || (filled?.type === 'float32' && filled.data.every((one) => one === 0));
  if (amounts?.type !== 'int64' || axes !== '' || !isZero) return null;
  const pads = Array.from(amounts.data, Number);
  const rank = pads.length / 2;
  // Of images and channels there are none.
  if ([0, 1, rank, rank + 1].some((at) => pads[at] !== 0)) return null;
  return [...pads.slice(2, rank), ...pads.slice(rank + 2)];
}

/** The convolution of what is not padded, then the padding, then the bias. */
function padding(
  node: Node,
  from: string,
  pads: readonly number[],
  { initializers, values }: { initializers: Map<string, Tensor>; values: Map<string, ValueInfo> },
): readonly Node[] {
  const [, weight = '', bias = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const half = pads.length / 2;
  const whole = values.get(output);
  const inner = `${output}:inner`;
  const innerDims = whole?.dims?.map((size, axis) =>
    axis < 2 ? size : Number(size) - (pads[axis - 2] ?? 0) - (pads[axis - 2 + half] ?? 0),
  );
  values.set(inner, { name: inner, type: 'float32', dims: innerDims ?? null });
  const amounts = `${output}:pads`;
  const all = [0, 0, ...pads.slice(0, half), 0, 0, ...pads.slice(half)];
  initializers.set(amounts, { type: 'int64', dims: [all.length], data: BigInt64Array.from(all, BigInt) });
  const attributes = new Map([...node.attributes].filter(([name]) => name !== 'pads'));
  const convolved: Node = { ...node, inputs: [from, weight], outputs: [inner], attributes };
  const unshifted = bias === '' ? output : `${output}:padded`;
  const made = (type: string, name: string, inputs: readonly string[], result: string): Node => ({
    name,
    type,
    domain: '',
    inputs,
    outputs: [result],
    attributes: new Map(),
  });
  const padded = made('Pad', `${node.name}:pad`, [inner, amounts], unshifted);
  if (bias === '') return [convolved, padded];
  const [shape, shift] = [`${output}:channels`, `${output}:bias`];
  const sizes = [1, -1, ...new Array<number>(half).fill(1)];
  initializers.set(shape, { type: 'int64', dims: [sizes.length], data: BigInt64Array.from(sizes, BigInt) });
  const channels = whole?.dims?.[1] ?? -1;
  values.set(unshifted, { name: unshifted, type: 'float32', dims: whole?.dims ?? null });
  values.set(shift, { name: shift, type: 'float32', dims: [1, channels, ...sizes.slice(2)] });
  return [
    convolved,
    padded,
    made('Reshape', shift, [bias, shape], shift),
    made('Add', `${node.name}:shifted`, [unshifted, shift], output),
  ];
}
