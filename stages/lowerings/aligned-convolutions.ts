import { ModelError } from '../errors.js';
import type { Attribute, FloatTensor, Graph, Model, Node, Tensor, ValueInfo } from '../onnx/model.js';
import { onlyRead } from '../onnx/wiring.js';

/**
 * Writes convolutions whose channels ONNX Runtime's WebGPU provider (1.30) gets wrong in equal forms that it gets right.
 * It computes four or two channels of an output at once, or three of an input, also where they don't belong together:
 *
 * - grouped convolutions with four outputs a group or more, which that number of channels does not divide;
 * - transposed ones with one output and an even number of inputs a group;
 * - convolutions of one group whose inputs three divides and four doesn't, from six on, with four outputs or a multiple.
 *
 * Groups are merged, as few as are enough, with zeros between what was apart; inputs get a channel of zeros.
 */
export function alignConvolutions(model: Model): Model {
  const { graph } = model;
  const initializers = new Map(graph.initializers);
  const values = new Map(graph.values);
  const nodes = graph.nodes.flatMap((node) => aligned(node, graph, initializers, values));
  return { ...model, graph: { ...graph, nodes, initializers: onlyRead(initializers, nodes), values } };
}

function aligned(
  node: Node,
  graph: Graph,
  initializers: Map<string, Tensor>,
  values: Map<string, ValueInfo>,
): readonly Node[] {
  const transposed = node.type === 'ConvTranspose';
  if (node.type !== 'Conv' && !transposed) return [node];
  const [x = '', name = '', ...bias] = node.inputs;
  const weight = graph.initializers.get(name);
  if (weight?.type !== 'float32') return [node];
  const groups = integer(node.attributes.get('group')) ?? 1;
  const merged = transposed ? groupsToMergeTransposed(weight, groups) : groupsToMerge(weight, groups);
  const [w, left] = merged === 1 ? [weight, groups] : [mergeGroups(weight, groups, merged), groups / merged];
  const padded = !transposed && left === 1 && needsChannel(node, w) ? withChannel(w) : w;
  if (padded === weight) return [node];
  const weightName = `${name}:${left}${padded === w ? '' : '+1'}`;
  initializers.set(weightName, padded);
  const attributes = new Map(node.attributes).set('group', { kind: 'int', value: left });
  if (padded === w) return [{ ...node, inputs: [x, weightName, ...bias], attributes }];
  const [wider, pads] = [`${node.name}:x`, 'one channel behind'];
  initializers.set(pads, {
    type: 'int64',
    dims: [8],
    data: BigInt64Array.from([0n, 0n, 0n, 0n, 0n, 1n, 0n, 0n]),
  });
  const info = values.get(x);
  const dims = info?.dims?.map((size, axis) => (axis === 1 ? Number(size) + 1 : size)) ?? null;
  values.set(wider, { name: wider, type: 'float32', dims });
  const pad: Node = {
    name: wider,
    type: 'Pad',
    domain: '',
    inputs: [x, pads],
    outputs: [wider],
    attributes: new Map(),
  };
  return [pad, { ...node, inputs: [wider, weightName, ...bias], attributes }];
}

/** Elements of kernels whose groups are merged, at most. */
const largestMerged = 2 ** 28;

function groupsToMerge({ dims }: FloatTensor, groups: number): number {
  const outputs = dims[0] ?? 0;
  const each = outputs / groups;
  const together = outputs % 4 === 0 ? 4 : outputs % 2 === 0 ? 2 : 1;
  if (groups === 1 || each < 4) return 1;
  return divisors(groups).find((merged) => (merged * each) % together === 0) ?? groups;
}

function groupsToMergeTransposed({ dims }: FloatTensor, groups: number): number {
  const [inputs = 0, outputs] = dims;
  if (groups === 1 || outputs !== 1 || (inputs / groups) % 2 === 1) return 1;
  return divisors(groups).find((merged) => merged > 1) ?? groups;
}

/** Whether a convolution of one group takes its inputs three at a time, and more than three. */
function needsChannel({ attributes }: Node, { dims }: FloatTensor): boolean {
  const [outputs = 0, inputs = 0, ...kernel] = dims;
  const strides = attributes.get('strides');
  const pads = attributes.get('pads');
  const isPointwise =
    kernel.every((size) => size === 1) &&
    (strides?.kind !== 'ints' || strides.value.every((stride) => stride === 1)) &&
    (pads?.kind !== 'ints' || pads.value.every((size) => size === 0));
  return !isPointwise && inputs > 3 && inputs % 3 === 0 && inputs % 4 !== 0 && outputs % 4 === 0;
}

/**
 * Kernels of fewer groups, zero between what was in different ones. Convolution: [O, C/groups, …] → [O, C·merged/groups,
 * …]; transposed, [C, O/groups, …] → [C, O·merged/groups, …]: the same.
 */
function mergeGroups({ dims, data }: FloatTensor, groups: number, merged: number): FloatTensor {
  const [first = 0, second = 0, ...kernel] = dims;
  const size = second * kernel.reduce((product, extent) => product * extent, 1);
  if (data.length * merged > largestMerged)
    throw new ModelError(
      `a convolution of ${groups} groups and kernels [${dims}] can't be written for WebGPU: ${merged} groups would have to be merged`,
    );
  const wide = new Float32Array(data.length * merged);
  const each = first / groups;
  for (let row = 0; row < first; row++) {
    const place = Math.floor(row / each) % merged;
    wide.set(data.subarray(row * size, (row + 1) * size), (row * merged + place) * size);
  }
  return { type: 'float32', dims: [first, second * merged, ...kernel], data: wide };
}

/** Kernels that also take a channel, by zero. */
function withChannel({ dims, data }: FloatTensor): FloatTensor {
  const [outputs = 0, inputs = 0, ...kernel] = dims;
  const size = kernel.reduce((product, extent) => product * extent, 1);
  const wide = new Float32Array(outputs * (inputs + 1) * size);
  for (let o = 0; o < outputs; o++)
    wide.set(data.subarray(o * inputs * size, (o + 1) * inputs * size), o * (inputs + 1) * size);
  return { type: 'float32', dims: [outputs, inputs + 1, ...kernel], data: wide };
}

function divisors(number: number): readonly number[] {
  return Array.from({ length: number }, (_, index) => index + 1).filter((one) => number % one === 0);
}

function integer(attribute: Attribute | undefined): number | null {
  return attribute?.kind === 'int' ? attribute.value : null;
}
