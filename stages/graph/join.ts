import type { Graph, Model, Node, ValueInfo } from '../onnx/model.js';
import { ConstantPool } from './constant-pool.js';

/** A finished graph that becomes part of a larger one. */
export interface JoinedGraph {
  readonly model: Model;
  /** Begins the names of its nodes, values and initialisers in the whole; no two parts have the same. */
  readonly prefix: string;
  /** What its inputs and outputs are called in the whole, by their own names; as they are where they are left out. */
  readonly names?: Readonly<Record<string, string>>;
}

/**
 * Joins finished graphs into one: a part's input is the output of an earlier part that has its name in the whole, or
 * else an input of the whole. Outputs that no part reads are those of the whole. Initialisers of equal elements are
 * there once.
 * @param parts each after those whose outputs it reads; of one operator set
 * @throws TypeError where two outputs have one name, or the same input has two shapes
 */
export function joinGraphs(name: string, parts: readonly JoinedGraph[]): Model {
  const [first] = parts;
  if (!first) throw new TypeError('there is no graph to join');
  const nodes: Node[] = [];
  const constants = new ConstantPool();
  const inputs = new Map<string, ValueInfo>();
  const outputs = new Map<string, ValueInfo>();
  const values = new Map<string, ValueInfo>();
  const single = new Set<string>();
  const read = new Set<string>();
  for (const part of parts) {
    const { graph } = part.model;
    if (part.model.opset !== first.model.opset)
      throw new TypeError(
        `graphs of operator sets ${first.model.opset} and ${part.model.opset} can't be joined`,
      );
    const nameOf = namesInWhole(part, constants);
    const within = (info: ValueInfo): ValueInfo => ({ ...info, name: nameOf(info.name) });
    for (const input of graph.inputs.map(within)) {
      requireAlike(outputs.get(input.name) ?? inputs.get(input.name) ?? input, input);
      if (outputs.has(input.name)) read.add(input.name);
      else inputs.set(input.name, input);
    }
    for (const output of graph.outputs.map(within)) {
      if (outputs.has(output.name) || inputs.has(output.name))
        throw new TypeError(`two values of the joined graph ${name} are called ${output.name}`);
      outputs.set(output.name, output);
    }
    for (const info of graph.values?.values() ?? []) values.set(nameOf(info.name), within(info));
    for (const node of graph.nodes) {
      const whole = renamed(node, part.prefix, nameOf);
      nodes.push(whole);
      if (graph.single?.has(node.name)) single.add(whole.name);
    }
  }
  const whole: Graph = {
    name,
    nodes,
    initializers: constants.tensors,
    inputs: [...inputs.values()],
    outputs: [...outputs.values()].filter((output) => !read.has(output.name)),
    values,
    single,
  };
  const metadata = new Map(parts.flatMap(({ model }) => [...model.metadata]));
  return { opset: first.model.opset, metadata, graph: whole };
}

/** How the whole calls the values of a part; adds the part's initialisers to those of the whole. */
function namesInWhole(
  { model: { graph }, prefix, names = {} }: JoinedGraph,
  constants: ConstantPool,
): (name: string) => string {
  const known = new Map<string, string>();
  for (const { name } of [...graph.inputs, ...graph.outputs]) known.set(name, names[name] ?? name);
  for (const [name, tensor] of graph.initializers) known.set(name, constants.put(`${prefix}${name}`, tensor));
  // An empty name is an input or output that is left out.
  return (name) => (name === '' ? '' : (known.get(name) ?? `${prefix}${name}`));
}

function renamed(node: Node, prefix: string, nameOf: (name: string) => string): Node {
  return {
    ...node,
    name: `${prefix}${node.name}`,
    inputs: node.inputs.map(nameOf),
    outputs: node.outputs.map(nameOf),
  };
}

function requireAlike(made: ValueInfo, taken: ValueInfo): void {
  if (made.type === taken.type && String(made.dims) === String(taken.dims)) return;
  throw new TypeError(
    `${made.name} is ${made.type} [${made.dims}], and a graph that it is joined with takes ${taken.type} [${taken.dims}]`,
  );
}
