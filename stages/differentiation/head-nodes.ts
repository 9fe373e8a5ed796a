import type { Node } from '../onnx/model.js';
import { producersOf } from '../onnx/wiring.js';
import type { Operation } from '../operations/operation.js';

/** What only brings features into another form between the last feature map and the last linear layer. */
const pooling = new Set([
  ...['GlobalAveragePool', 'ReduceMean', 'Flatten', 'Reshape', 'Squeeze', 'Dropout', 'Identity', 'Cast'],
]);

/**
 * The head of a network: back from the logits to the last layer with weights, and beyond it the pooling and flattening
 * of the features that it reads.
 * @param operationOf the rule of a node, if it has one
 */
export function headNodes(
  nodes: readonly Node[],
  logits: string,
  operationOf: (node: Node) => Operation | undefined,
): ReadonlySet<Node> {
  const producers = producersOf(nodes);
  const head = new Set<Node>();
  const open = [{ name: logits, afterLinear: false }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const node = producers.get(next.name);
    if (!node || head.has(node) || (next.afterLinear && !pooling.has(node.type))) continue;
    head.add(node);
    const afterLinear = next.afterLinear || isLinear(operationOf(node));
    open.push(...node.inputs.map((name) => ({ name, afterLinear })));
  }
  return head;
}

function isLinear(operation: Operation | undefined): boolean {
  return Object.values(operation?.slots ?? {}).some(
    (slot) =>
      'parameter' in slot && (slot.parameter === 'linear-weight' || slot.parameter === 'convolution-weight'),
  );
}
