import { channelsLastDomain, type Model, type Node } from '../../stages/onnx/model.js';

/**
 * Operations in channels-last order, which only ONNX Runtime's CUDA provider has, as standard ones between two
 * transpositions: what the graph computes stays the same, and every provider runs it.
 */
export function inStandardOperators(model: Model): Model {
  const { graph } = model;
  const values = new Map(graph.values);
  const turned = (from: string, to: string, order: readonly number[]): Node => ({
    name: `${to} turned`,
    type: 'Transpose',
    domain: '',
    inputs: [from],
    outputs: [to],
    attributes: new Map([['perm', { kind: 'ints', value: order }]]),
  });
  const nodes = graph.nodes.flatMap((node): readonly Node[] => {
    if (node.domain !== channelsLastDomain) return [node];
    const [x = '', ...others] = node.inputs;
    const [y = ''] = node.outputs;
    const [before, after] = [`${node.name}:x`, `${node.name}:y`];
    for (const [name, like] of [
      [before, x],
      [after, y],
    ] as const) {
      const value = graph.values?.get(like);
      if (value?.dims == null) continue;
      const { dims } = value;
      values.set(name, { ...value, name, dims: [0, 3, 1, 2].map((axis) => dims[axis] ?? 1) });
    }
    return [
      turned(x, before, [0, 3, 1, 2]),
      { ...node, domain: '', inputs: [before, ...others], outputs: [after] },
      turned(after, y, [0, 2, 3, 1]),
    ];
  });
  return { ...model, graph: { ...graph, nodes, values } };
}
