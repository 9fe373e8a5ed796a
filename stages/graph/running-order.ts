import type { Node } from '../onnx/model.js';
import { producersOf, readersOf } from '../onnx/wiring.js';

/**
 * The order in which ONNX Runtime runs nodes, and the interpreter for TensorFlow.js: depth first from what nothing
 * reads, the node written last first. What a node needs is computed just before it, so that for instance the unfolded
 * input of a norm lives shortly, wherever it was written.
 */
export function runningOrder(nodes: readonly Node[]): readonly Node[] {
  const placed = nodes.map(({ inputs, outputs }, index) => ({ inputs, outputs, index }));
  const producers = producersOf(placed);
  const readers = readersOf(placed);
  const order: Node[] = [];
  const entered = new Set<number>();
  const stack = [...nodes.entries()]
    .filter(([, node]) => !node.outputs.some((name) => readers.has(name)))
    .map(([index]) => ({ index, leaves: false }));
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    const { index, leaves } = step;
    const node = nodes[index];
    if (node === undefined || (!leaves && entered.has(index))) continue;
    if (leaves) {
      order.push(node);
      continue;
    }
    entered.add(index);
    stack.push({ index, leaves: true });
    const needed = node.inputs.map((name) => producers.get(name)?.index).filter((from) => from !== undefined);
    for (const from of needed.sort((a, b) => a - b)) stack.push({ index: from, leaves: false });
  }
  return order;
}
