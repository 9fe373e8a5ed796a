import {
  channelsLastDomain,
  type Graph,
  type Model,
  type Node,
  type Tensor,
  type ValueInfo,
} from '../onnx/model.js';
import { transposed } from '../onnx/transposed.js';
import { onlyRead } from '../onnx/wiring.js';
import { elementwise, keepsOrder, movedAxes, reductions, spatial } from './channels-last-rules.js';

/** Axis i of a tensor in channels-last order is axis `toLast[i]` of the same in channels-first order. */
const toLast: readonly number[] = [0, 2, 3, 1];
const toFirst: readonly number[] = [0, 3, 1, 2];

/**
 * Brings convolutions, pools and what lies between them into channels-last order [N, H, W, C], in which NVIDIA's tensor
 * cores compute. ONNX has no such order: convolutions, pools and normalisations become those that ONNX Runtime's CUDA
 * provider has for its own use, in the domain `com.ms.internal.nhwc`. Elementwise operations, reductions, padding,
 * slices and concatenations follow the order of what they read, others get it transposed; each value is transposed once
 * at the most. Inputs and outputs of the graph stay as they are.
 * @param model a graph as the builder finishes it, with the shapes of its values
 */
export function toChannelsLast(model: Model): Model {
  const last = new ChannelsLastGraph(model.graph);
  for (const node of model.graph.nodes) last.add(node);
  return { ...model, graph: { ...model.graph, ...last.finish() } };
}

class ChannelsLastGraph {
  readonly #nodes: Node[] = [];
  readonly #values: Map<string, ValueInfo>;
  readonly #constants: Map<string, Tensor>;
  /** For each value, the name of the same in channels-last order. */
  readonly #twins = new Map<string, string>();
  /** Values that exist in the order they had, each by its name or another's. */
  readonly #plain = new Map<string, string>();

  constructor(readonly graph: Graph) {
    this.#values = new Map(graph.values);
    this.#constants = new Map(graph.initializers);
    for (const { name } of graph.inputs) this.#plain.set(name, name);
    for (const name of graph.initializers.keys()) this.#plain.set(name, name);
  }

  add(node: Node): void {
    const moved = this.#moved(node);
    if (moved === 'emitted') return;
    if (moved !== null) {
      this.#nodes.push(moved);
      return;
    }
    this.#nodes.push({ ...node, inputs: node.inputs.map((name) => this.#first(name)) });
    for (const name of node.outputs) this.#plain.set(name, name);
  }

  finish(): Pick<Graph, 'nodes' | 'initializers' | 'values'> {
    for (const { name } of this.graph.outputs) this.#first(name);
    const initializers = onlyRead(this.#constants, this.#nodes);
    return { nodes: this.#nodes, initializers, values: this.#values };
  }

  /** The node in channels-last order; null where it stays as it is. */
  #moved(node: Node): Node | 'emitted' | null {
    const [x = ''] = node.inputs;
    const [y = ''] = node.outputs;
    if (node.outputs.length !== 1) return null;
    if (spatial.has(node.type) && this.#rank(x) === 4 && this.#rank(y) === 4)
      return { ...this.#over(node, [this.#last(x), ...node.inputs.slice(1)]), domain: channelsLastDomain };
    if (elementwise.has(node.type)) return this.#movedElementwise(node);
    if (!this.#twins.has(x)) return null;
    if (node.type === 'Transpose') return this.#movedTranspose(node);
    if (node.type === 'Concat') return this.#movedConcat(node);
    if (node.type === 'Pad') return this.#movedPad(node);
    if (node.type === 'Slice') return this.#movedSlice(node);
    return reductions.has(node.type) ? this.#movedReduction(node) : null;
  }

  /** Where one operand is in channels-last order, the others are brought there. */
  #movedElementwise(node: Node): Node | null {
    if (this.#rank(node.outputs[0] ?? '') !== 4) return null;
    const isReached = node.inputs.some((name) => this.#twins.has(name) && !this.#constants.has(name));
    if (!isReached || !node.inputs.every((name) => this.#canBeLast(name))) return null;
    return this.#over(
      node,
      node.inputs.map((name) => this.#lastOperand(name)),
    );
  }

  #movedTranspose(node: Node): Node | 'emitted' | null {
    const [x = ''] = node.inputs;
    const [y = ''] = node.outputs;
    const order = integers(node, 'perm');
    const twin = this.#twins.get(x);
    if (order?.length !== 4 || twin === undefined) return null;
    const from = order.map((axis) => toLast.indexOf(axis));
    if (from.every((axis, index) => axis === index)) {
      this.#plain.set(y, twin);
      return 'emitted';
    }
    this.#plain.set(y, y);
    const attributes = new Map(node.attributes).set('perm', { kind: 'ints', value: from });
    return { ...node, inputs: [twin], attributes };
  }

  #movedConcat(node: Node): Node | null {
    const axis = node.attributes.get('axis');
    if (axis?.kind !== 'int' || node.inputs.some((name) => this.#rank(name) !== 4)) return null;
    const [moved = 0] = movedAxes([axis.value]);
    const attributes = new Map(node.attributes).set('axis', { kind: 'int', value: moved });
    return {
      ...this.#over(
        node,
        node.inputs.map((name) => this.#last(name)),
      ),
      attributes,
    };
  }

  /**
   * Columns, then rows, of tensors of three axes, the last of which is not padded: ONNX Runtime's CUDA provider pads the
   * last two axes of so many a hundred times as fast as others.
   */
  #movedPad(node: Node): 'emitted' | null {
    const [x = '', pads = '', ...value] = node.inputs;
    const [y = ''] = node.outputs;
    const sizes = this.#integers(pads);
    const from = this.#values.get(x)?.dims;
    const to = this.#values.get(y)?.dims;
    if (sizes?.length !== 8 || value.length > 1 || !from || !to) return null;
    const [batchBefore, channelsBefore, top = 0, left = 0, batchAfter, channelsAfter, bottom = 0, right = 0] =
      sizes;
    if (batchBefore || channelsBefore || batchAfter || channelsAfter) return null;
    const [, channels = 1, height = 1] = from.map(Number);
    const [, , rows = 1, columns = 1] = to.map(Number);
    const wide = [from[0] ?? 1, height, columns, channels];
    const padded = [
      { axis: 'columns', before: left, after: right, flat: [-1, Number(from[3]), channels], dims: wide },
      { axis: 'rows', before: top, after: bottom, flat: [-1, height, columns * channels], dims: null },
    ].filter(({ before, after }) => before !== 0 || after !== 0);
    let last = this.#last(x);
    for (const { axis, before, after, flat, dims } of padded) {
      const [beside, result] = [`${y}:${axis} flat`, `${y}:${axis}`];
      this.#values.set(beside, { ...this.#valueOf(last), name: beside });
      this.#values.set(result, { ...this.#valueOf(x), name: result, dims: dims ?? lastDims(to) });
      this.#emit('Reshape', [last, this.#constant(flat)], beside);
      this.#emit('Pad', [beside, this.#constant([0, before, 0, 0, after, 0]), ...value], result);
      last = result;
    }
    this.#emit('Reshape', [last, this.#constant([-1, rows, columns, channels])], this.#newTwin(y));
    return 'emitted';
  }

  #movedSlice(node: Node): Node | null {
    const [x = '', starts = '', ends = '', axes = '', ...steps] = node.inputs;
    const along = this.#integers(axes);
    if (along === null) return null;
    return this.#over(node, [this.#last(x), starts, ends, this.#constant(movedAxes(along)), ...steps]);
  }

  /** Axes are an attribute, but of sums an input. */
  #movedReduction(node: Node): Node | null {
    const [x = '', axes] = node.inputs;
    const over = axes === undefined ? integers(node, 'axes') : this.#integers(axes);
    const keeps = node.attributes.get('keepdims');
    const isKept = keeps?.kind === 'int' && keeps.value === 1;
    if (over === null || (!isKept && !keepsOrder(over))) return null;
    const moved = movedAxes(over);
    const inputs = [this.#last(x), ...(axes === undefined ? [] : [this.#constant(moved)])];
    const attributes = new Map(node.attributes);
    if (axes === undefined) attributes.set('axes', { kind: 'ints', value: moved });
    if (isKept) return { ...this.#over(node, inputs), attributes };
    for (const name of node.outputs) this.#plain.set(name, name);
    return { ...node, inputs, attributes };
  }

  /** The node with an output in channels-last order alone. */
  #over(node: Node, inputs: readonly string[]): Node {
    const [y = ''] = node.outputs;
    return { ...node, inputs, outputs: [this.#newTwin(y)] };
  }

  #emit(type: string, inputs: readonly string[], output: string): void {
    const attributes = new Map();
    this.#nodes.push({ name: output, type, domain: '', inputs, outputs: [output], attributes });
  }

  /** A value as it was. */
  #first(name: string): string {
    const known = this.#plain.get(name);
    if (known !== undefined || name === '') return known ?? name;
    const twin = this.#twins.get(name);
    if (twin === undefined) throw new TypeError(`${name} is given by no node before`);
    this.#nodes.push(transposition(twin, name, toFirst));
    this.#plain.set(name, name);
    return name;
  }

  /** A value of four axes in channels-last order. */
  #last(name: string): string {
    const known = this.#twins.get(name);
    if (known !== undefined) return known;
    const twin = this.#newTwin(name);
    this.#nodes.push(transposition(this.#first(name), twin, toLast));
    return twin;
  }

  /** What broadcasts from its last axes on: of one element as it is, constants with all four axes, others have them. */
  #lastOperand(name: string): string {
    const tensor = this.graph.initializers.get(name);
    if (tensor === undefined) return this.#rank(name) === 4 ? this.#last(name) : this.#first(name);
    if (tensor.data.length === 1 || name === '') return name;
    const twin = `${name}:last`;
    const dims = [...Array<number>(4 - tensor.dims.length).fill(1), ...tensor.dims];
    this.#constants.set(twin, transposed({ ...tensor, dims }, toLast));
    return twin;
  }

  #canBeLast(name: string): boolean {
    const tensor = this.graph.initializers.get(name);
    if (name === '' || tensor?.data.length === 1) return true;
    if (tensor !== undefined)
      return tensor.dims.length <= 4 && (tensor.type === 'float32' || tensor.type === 'float16');
    const dims = this.#values.get(name)?.dims;
    return dims?.length === 4 || dims?.every((size) => size === 1) === true;
  }

  #constant(numbers: readonly number[]): string {
    const name = `[${numbers}]`;
    this.#constants.set(name, {
      type: 'int64',
      dims: [numbers.length],
      data: BigInt64Array.from(numbers, BigInt),
    });
    return name;
  }

  #integers(name: string): readonly number[] | null {
    const tensor = this.graph.initializers.get(name);
    return tensor?.type === 'int64' ? Array.from(tensor.data, Number) : null;
  }

  #rank(name: string): number {
    return this.#values.get(name)?.dims?.length ?? this.graph.initializers.get(name)?.dims.length ?? -1;
  }

  /** Names what a value is in channels-last order. */
  #newTwin(name: string): string {
    const twin = `${name}:last`;
    this.#twins.set(name, twin);
    const value = this.#values.get(name);
    if (value?.dims) this.#values.set(twin, { ...value, name: twin, dims: lastDims(value.dims) });
    return twin;
  }

  #valueOf(name: string): ValueInfo {
    return this.#values.get(name) ?? { name, type: 'unknown', dims: null };
  }
}

const lastDims = (dims: readonly (number | string)[]): readonly (number | string)[] =>
  toLast.map((axis) => dims[axis] ?? 1);

function transposition(from: string, to: string, order: readonly number[]): Node {
  return {
    name: `${to}:order`,
    type: 'Transpose',
    domain: '',
    inputs: [from],
    outputs: [to],
    attributes: new Map([['perm', { kind: 'ints', value: order }]]),
  };
}

function integers(node: Node, name: string): readonly number[] | null {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'ints' ? attribute.value : null;
}
