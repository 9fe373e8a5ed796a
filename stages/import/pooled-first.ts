import type { Node } from '../onnx/model.js';
import { readersOf } from '../onnx/wiring.js';

/**
 * Puts every Relu that only a MaxPool reads behind it. The maximum of what is cut at zero is the maximum cut at zero,
 * and the first maximum is the same where it is positive; where it is not, no gradient passes. On the way back a mask
 * of the pooled size is enough, and what is set at the maxima goes on as it is.
 * @param logits the tensor that the graph is read at: what makes it stays as it is
 */
export function poolFirst(nodes: readonly Node[], logits: string): Node[] {
  const readers = readersOf(nodes);
  const pools = new Map<Node, Node>();
  for (const relu of nodes) {
    const [output] = relu.outputs;
    if (relu.type !== 'Relu' || relu.domain !== '' || output === undefined || output === logits) continue;
    const [reader, another] = readers.get(output) ?? [];
    if (reader?.type === 'MaxPool' && reader.domain === '' && !another && reader.outputs.length === 1)
      pools.set(relu, reader);
  }
  const relus = new Map([...pools].map(([relu, pool]) => [pool, relu]));
  return nodes.flatMap((node) => {
    if (pools.has(node)) return [];
    const relu = relus.get(node);
    if (!relu) return [node];
    return [
      { ...node, inputs: relu.inputs, outputs: relu.outputs },
      { ...relu, inputs: relu.outputs, outputs: node.outputs },
    ];
  });
}
