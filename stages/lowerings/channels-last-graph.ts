import type { Graph, Node, Tensor, ValueInfo } from '../onnx/model.js';
import { transposed } from '../onnx/transposed.js';
import { onlyRead } from '../onnx/wiring.js';

/** Axis i of a tensor in channels-last order is axis `toLast[i]` of the same in channels-first order. */
export const toLast: readonly number[] = [0, 2, 3, 1];
const toFirst: readonly number[] = [0, 3, 1, 2];

/**
 * A graph in the making whose values exist in the order they had, in channels-last order, or in both: each is transposed
 * once at the most, where it is first asked for in the order that it lacks.
 */
export class ChannelsLastGraph {
  readonly #nodes: Node[] = [];
  readonly #values: Map<string, ValueInfo>;
  readonly #constants: Map<string, Tensor>;
  /** For each value, the name of the same in channels-last order. */
  readonly #twins = new Map<string, string>();
  /** Values that exist in the order they had, each by its name or another's. */
  readonly #plain = new Map<string, string>();

  /** @param graph as the builder finishes it, with the shapes of its values */
  constructor(readonly graph: Graph) {
    this.#values = new Map(graph.values);
    this.#constants = new Map(graph.initializers);
    for (const { name } of graph.inputs) this.#plain.set(name, name);
    for (const name of graph.initializers.keys()) this.#plain.set(name, name);
  }

  /** What the finished graph has in place of the original's. */
  finish(): Pick<Graph, 'nodes' | 'initializers' | 'values'> {
    for (const { name } of this.graph.outputs) this.first(name);
    const initializers = onlyRead(this.#constants, this.#nodes);
    return { nodes: this.#nodes, initializers, values: this.#values };
  }

  /** Adds a node that gives values in channels-last order, which `newTwin` has named. */
  addLast(node: Node): void {
    this.#nodes.push(node);
  }

  /** Adds a node that gives values in the order they had. */
  addFirst(node: Node): void {
    this.#nodes.push(node);
    for (const name of node.outputs) this.#plain.set(name, name);
  }

  /** Says that a value is the same, in the order it had, as another that is there. */
  setFirst(name: string, same: string): void {
    this.#plain.set(name, same);
  }

  /** What a value is called in channels-last order; undefined where it does not exist in that. */
  twinOf(name: string): string | undefined {
    return this.#twins.get(name);
  }

  isConstant(name: string): boolean {
    return this.#constants.has(name);
  }

  /** Says what is known of a new value. */
  setValue(value: ValueInfo): void {
    this.#values.set(value.name, value);
  }

  /** Adds a node without attributes that gives one value. */
  emit(type: string, inputs: readonly string[], output: string): void {
    const attributes = new Map();
    this.#nodes.push({ name: output, type, domain: '', inputs, outputs: [output], attributes });
  }

  /** A value as it was. */
  first(name: string): string {
    const known = this.#plain.get(name);
    if (known !== undefined || name === '') return known ?? name;
    const twin = this.#twins.get(name);
    if (twin === undefined) throw new TypeError(`${name} is read before any node gives it`);
    this.#nodes.push(transposition(twin, name, toFirst));
    this.#plain.set(name, name);
    return name;
  }

  /** A value of four axes in channels-last order. */
  last(name: string): string {
    const known = this.#twins.get(name);
    if (known !== undefined) return known;
    const twin = this.newTwin(name);
    this.#nodes.push(transposition(this.first(name), twin, toLast));
    return twin;
  }

  /** What broadcasts from its last axes on: of one element as it is, constants with all four axes, others have them. */
  lastOperand(name: string): string {
    const tensor = this.graph.initializers.get(name);
    if (tensor === undefined) return this.rank(name) === 4 ? this.last(name) : this.first(name);
    if (tensor.data.length === 1 || name === '') return name;
    const twin = `${name}:last`;
    const dims = [...Array<number>(4 - tensor.dims.length).fill(1), ...tensor.dims];
    this.#constants.set(twin, transposed({ ...tensor, dims }, toLast));
    return twin;
  }

  /** Whether an operand of an elementwise operation can be brought into channels-last order. */
  canBeLast(name: string): boolean {
    const tensor = this.graph.initializers.get(name);
    if (name === '' || tensor?.data.length === 1) return true;
    if (tensor !== undefined)
      return tensor.dims.length <= 4 && (tensor.type === 'float32' || tensor.type === 'float16');
    const dims = this.#values.get(name)?.dims;
    return dims?.length === 4 || dims?.every((size) => size === 1) === true;
  }

  /** The name of integers as a constant. */
  constant(numbers: readonly number[]): string {
    const name = `[${numbers}]`;
    this.#constants.set(name, {
      type: 'int64',
      dims: [numbers.length],
      data: BigInt64Array.from(numbers, BigInt),
    });
    return name;
  }

  /** The integers of a constant; null where it is none. */
  integers(name: string): readonly number[] | null {
    const tensor = this.graph.initializers.get(name);
    return tensor?.type === 'int64' ? Array.from(tensor.data, Number) : null;
  }

  /** How many axes a value has; −1 where that is not known. */
  rank(name: string): number {
    return this.#values.get(name)?.dims?.length ?? this.graph.initializers.get(name)?.dims.length ?? -1;
  }

  /** Names what a value is in channels-last order. */
  newTwin(name: string): string {
    const twin = `${name}:last`;
    this.#twins.set(name, twin);
    const value = this.#values.get(name);
    if (value?.dims) this.#values.set(twin, { ...value, name: twin, dims: lastDims(value.dims) });
    return twin;
  }

  /** The type and the shape of a value. */
  valueOf(name: string): ValueInfo {
    return this.#values.get(name) ?? { name, type: 'unknown', dims: null };
  }
}

/** A shape in channels-last order. */
export const lastDims = (dims: readonly (number | string)[]): readonly (number | string)[] =>
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
