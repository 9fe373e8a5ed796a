import { fromHalfBits } from '../../stages/onnx/float16.js';
import type { Model, Node, Tensor } from '../../stages/onnx/model.js';

/**
 * A graph with half precision for ONNX Runtime's CPU provider, which would run it in single precision and drop the
 * casts between operations that it has no float16 kernels for: every value of half precision is computed in single
 * precision and rounded by a Cast of the graph's own, which no optimiser may drop. GPUs do the same, as their kernels
 * add up in single precision.
 */
export function roundedBetweenOperations(model: Model): Model {
  const { graph } = model;
  const isHalf = (name: string): boolean =>
    graph.initializers.get(name)?.type === 'float16' || graph.values?.get(name)?.type === 'float16';
  const initializers = new Map<string, Tensor>();
  for (const [name, tensor] of graph.initializers)
    initializers.set(name, tensor.type === 'float16' ? widened(tensor) : tensor);
  const nodes: Node[] = [];
  const wide = new Map<string, string>();
  for (const node of graph.nodes) {
    if (node.type === 'Cast') {
      nodes.push(node);
      continue;
    }
    const inputs = node.inputs.map((name) => {
      if (!isHalf(name) || initializers.has(name)) return name;
      const known = wide.get(name);
      if (known !== undefined) return known;
      wide.set(name, `${name} wide`);
      nodes.push(cast(name, `${name} wide`, 1));
      return `${name} wide`;
    });
    const outputs = node.outputs.map((name) => (isHalf(name) ? `${name} unrounded` : name));
    const attributes = node.type === 'ConstantOfShape' ? new Map() : node.attributes;
    nodes.push({ ...node, inputs, outputs, attributes });
    for (const name of node.outputs.filter(isHalf)) nodes.push(cast(`${name} unrounded`, name, 10));
  }
  return { ...model, graph: { ...graph, nodes, initializers } };
}

function cast(from: string, name: string, to: number): Node {
  const attributes = new Map([['to', { kind: 'int', value: to } as const]]);
  return {
    name: `${from} to ${name}`,
    type: 'Cast',
    domain: '',
    inputs: [from],
    outputs: [name],
    attributes,
  };
}

function widened({ dims, data }: Tensor): Tensor {
  const bits = new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
  return { type: 'float32', dims, data: Float32Array.from(bits, fromHalfBits) };
}
