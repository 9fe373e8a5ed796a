import type { Node } from '../onnx/model.js';
import { producersOf, readersOf } from '../onnx/wiring.js';

/**
 * Replaces every Conv whose output only a BatchNormalization reads, in evaluation mode, by one node `Conv +
 * BatchNormalization` in the latter's place, with inputs x, W, b or none, γ, β, μ, σ². What has kernels or vectors that are computed stays apart.
 * @param logits the tensor that the graph is read at: what makes it stays as it is
 */
export function joinNormalizedConvolutions(nodes: readonly Node[], logits: string): Node[] {
  const readers = readersOf(nodes);
  const producers = producersOf(nodes);
  const joined = new Map<Node, Node>();
  for (const convolution of nodes) {
    const [output] = convolution.outputs;
    if (convolution.type !== 'Conv' || convolution.domain !== '' || output === undefined || output === logits)
      continue;
    const [reader, another] = readers.get(output) ?? [];
    const [, kernels = ''] = convolution.inputs;
    const [, ...normalization] = reader?.inputs ?? [];
    if (
      reader &&
      !another &&
      isEvaluated(reader) &&
      reader.inputs.indexOf(output) === 0 &&
      [kernels, ...normalization].every((name) => isHeld(name, producers))
    )
      joined.set(reader, convolution);
  }
  const replaced = new Set(joined.values());
  return nodes.flatMap((node) => {
    if (replaced.has(node)) return [];
    const convolution = joined.get(node);
    return convolution ? [join(convolution, node)] : [node];
  });
}

/** The two nodes that a joined one is made of, as they were. */
export function apartFromNormalization(node: Node): readonly [convolution: Node, normalization: Node] {
  const [x = '', weight = '', bias = '', ...normalization] = node.inputs;
  const between = `${node.outputs[0] ?? ''}:convolved`;
  const epsilon = node.attributes.get('epsilon');
  const ofConvolution = new Map(node.attributes);
  ofConvolution.delete('epsilon');
  return [
    { ...node, type: 'Conv', inputs: [x, weight, bias], outputs: [between], attributes: ofConvolution },
    {
      ...node,
      type: 'BatchNormalization',
      inputs: [between, ...normalization],
      attributes: new Map(epsilon ? [['epsilon', epsilon]] : []),
    },
  ];
}

/** What gives the elements of a constant in another order, shape or type. */
const movements = new Set(['Cast', 'Flatten', 'Identity', 'Reshape', 'Squeeze', 'Transpose', 'Unsqueeze']);

/** Whether the file holds a tensor, however it is brought into place: what is computed can't be folded. */
function isHeld(name: string, producers: ReadonlyMap<string, Node>): boolean {
  let producer = producers.get(name);
  while (producer && movements.has(producer.type)) producer = producers.get(producer.inputs[0] ?? '');
  return producer === undefined || producer.type === 'Constant';
}

function isEvaluated({ type, domain, attributes, outputs }: Node): boolean {
  const mode = attributes.get('training_mode');
  return (
    type === 'BatchNormalization' &&
    domain === '' &&
    (mode === undefined || (mode.kind === 'int' && mode.value === 0)) &&
    outputs.slice(1).every((name) => name === '')
  );
}

function join(convolution: Node, normalization: Node): Node {
  const [x = '', weight = '', bias = ''] = convolution.inputs;
  const epsilon = normalization.attributes.get('epsilon');
  return {
    name: `${convolution.name} + ${normalization.name}`,
    type: 'Conv + BatchNormalization',
    domain: '',
    inputs: [x, weight, bias, ...normalization.inputs.slice(1)],
    outputs: normalization.outputs,
    attributes: new Map([...convolution.attributes, ...(epsilon ? [['epsilon', epsilon] as const] : [])]),
  };
}
