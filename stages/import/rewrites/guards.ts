import type { Node } from '../../onnx/model.js';
import { producersOf, readersOf } from '../../onnx/wiring.js';

/**
 * Nodes without those that put a number in place of NaN: of a softmax over a row that is masked whole, as PyTorch's newer
 * exporter writes attention. Such a row has no gradient; where there is one, scores are NaN, not numbers that look right.
 */
export function withoutGuards(nodes: readonly Node[]): readonly Node[] {
  if (!nodes.some(isTest)) return nodes;
  const producers = producersOf(nodes);
  const passed = nodes.map((node) => {
    const [condition = '', , otherwise = ''] = node.inputs;
    const test = producers.get(condition);
    const isGuard = node.type === 'Where' && node.domain === '' && test !== undefined && isTest(test);
    if (!isGuard || test.inputs[0] !== otherwise) return node;
    return { ...node, type: 'Identity', inputs: [otherwise], attributes: new Map() };
  });
  const readers = readersOf(passed);
  return passed.filter((node) => !isTest(node) || readers.has(node.outputs[0] ?? ''));
}

const isTest = ({ type, domain }: Node): boolean => type === 'IsNaN' && domain === '';
