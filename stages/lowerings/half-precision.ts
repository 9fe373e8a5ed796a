import { toHalfBits } from '../onnx/float16.js';
import type { Attribute, FloatTensor, Graph, Model, Node, Tensor, ValueInfo } from '../onnx/model.js';

/**
 * v, of unit scale, is multiplied by 2 to this power before it goes back through layers of half precision, whose normal
 * numbers lie between 2⁻¹⁴ and 2¹⁶. Of cotangents without it the largest was 2²·⁶ (the trained networks of the
 * micro-benchmark, T 1 and 1000), the least root mean square of a layer 2⁻¹⁴ (ResNet-18 and ResNet-50, calibrated): 8
 * puts the middle of that span into the middle of what half precision holds. ResNet-18's scores don't change from 2⁻² to
 * 2²⁰, and lose digits from 2⁻⁶ down. A network overflows where a cotangent beyond 2⁸ is met; its score then is not
 * finite.
 */
export const cotangentExponent = 8;

/**
 * Brings a finished graph to half precision: every float32 value of a node that need not stay in single precision
 * becomes float16, with the constants that such nodes read, and a Cast stands where the two meet, one for each value.
 * Inputs and outputs of the graph stay float32.
 * @param model a graph as the builder finishes it, with the types of its values
 */
export function toHalfPrecision(model: Model): Model {
  const { graph } = model;
  const halves = new HalfGraph(graph);
  for (const node of graph.nodes) halves.add(node);
  return { ...model, graph: { ...graph, ...halves.finish() } };
}

class HalfGraph {
  readonly #nodes: Node[] = [];
  readonly #values: Map<string, ValueInfo>;
  readonly #constants = new Map<string, Tensor>();
  readonly #casts = new Map<string, string>();

  constructor(readonly graph: Graph) {
    this.#values = new Map(graph.values);
  }

  add(node: Node): void {
    const single = this.#staysSingle(node);
    const inputs = node.inputs.map((name, slot) =>
      this.#input(name, single || isFloat32Always(node, slot) ? 'float32' : 'float16'),
    );
    for (const name of node.outputs) {
      const value = this.#values.get(name);
      if (!single && value?.type === 'float32') this.#values.set(name, { ...value, type: 'float16' });
    }
    this.#nodes.push({ ...node, inputs, attributes: single ? node.attributes : halfAttributes(node) });
  }

  finish(): Pick<Graph, 'nodes' | 'initializers' | 'values'> {
    return { nodes: this.#nodes, initializers: this.#constants, values: this.#values };
  }

  #staysSingle(node: Node): boolean {
    const isOutput = this.graph.outputs.some(({ name }) => node.outputs.includes(name));
    return isOutput || this.graph.single?.has(node.name) === true;
  }

  #input(name: string, type: 'float32' | 'float16'): string {
    const tensor = this.graph.initializers.get(name);
    if (tensor) return this.#constant(name, tensor, type);
    const value = this.#values.get(name);
    if (value === undefined || value.type === type) return name;
    if (value.type !== 'float32' && value.type !== 'float16') return name;
    const known = this.#casts.get(name);
    if (known !== undefined) return known;
    const cast = `${name}:${type}`;
    this.#casts.set(name, cast);
    this.#values.set(cast, { ...value, name: cast, type });
    this.#nodes.push({
      name: cast,
      type: 'Cast',
      domain: '',
      inputs: [name],
      outputs: [cast],
      attributes: new Map([['to', { kind: 'int', value: type === 'float16' ? 10 : 1 }]]),
    });
    return cast;
  }

  #constant(name: string, tensor: Tensor, type: 'float32' | 'float16'): string {
    const wanted = tensor.type === 'float32' && type === 'float16' ? `${name}:float16` : name;
    if (this.#constants.has(wanted)) return wanted;
    if (wanted === name || tensor.type !== 'float32') this.#constants.set(name, tensor);
    else this.#constants.set(wanted, toHalf(tensor));
    return wanted;
  }
}

function toHalf({ dims, data }: FloatTensor): Tensor {
  const half = new Uint16Array(data.length);
  // A loop: `Uint16Array.from` takes many times as long, seconds for a large network.
  for (let at = 0; at < data.length; at++) half[at] = toHalfBits(data[at] ?? 0);
  return { type: 'float16', dims, data: new Uint8Array(half.buffer) };
}

/** Inputs that ONNX has in single precision, whatever the others are in. */
function isFloat32Always({ type }: Node, slot: number): boolean {
  return type === 'Resize' && slot === 2;
}

/** Where a type is written into a node. */
function halfAttributes({ type, attributes }: Node): ReadonlyMap<string, Attribute> {
  const to = attributes.get('to');
  if (type === 'Cast' && to?.kind === 'int' && to.value === 1)
    return new Map(attributes).set('to', { kind: 'int', value: 10 });
  if (type !== 'ConstantOfShape') return attributes;
  const zero: Tensor = { type: 'float16', dims: [1], data: new Uint8Array(2) };
  return new Map(attributes).set('value', { kind: 'tensor', value: zero });
}
