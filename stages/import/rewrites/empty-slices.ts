import type { Node, Tensor } from '../../onnx/model.js';
import { producersOf, readersOf } from '../../onnx/wiring.js';
import { constantTensor } from '../constant-tensors.js';

/**
 * Nodes in which Concat does not read slices that leave nothing, from a place to the same place: PyTorch writes `torch.roll`
 * by 0 so, as of windows that are not shifted.
 */
export function withoutEmptySlices(
  nodes: readonly Node[],
  initializers: ReadonlyMap<string, Tensor>,
): readonly Node[] {
  const producers = producersOf(nodes);
  const placesAt = (name = ''): string | null => {
    const node = producers.get(name);
    const [attribute] = node?.type === 'Constant' ? node.attributes.values() : [];
    const tensor = initializers.get(name) ?? (attribute && constantTensor(attribute));
    return tensor && tensor.data.length > 0 ? String(tensor.data) : null;
  };
  const isEmpty = (name: string): boolean => {
    const node = producers.get(name);
    if (node?.type !== 'Slice' || node.domain !== '') return false;
    const [, starts, ends] = node.inputs;
    const from = placesAt(starts);
    return from !== null && from === placesAt(ends);
  };
  const joins = ({ type, domain, inputs }: Node): boolean =>
    type === 'Concat' && domain === '' && inputs.some(isEmpty) && !inputs.every(isEmpty);
  if (!nodes.some(joins)) return nodes;
  const replaced = nodes.map((node) =>
    joins(node) ? { ...node, inputs: node.inputs.filter((name) => !isEmpty(name)) } : node,
  );
  const before = readersOf(nodes);
  const after = readersOf(replaced);
  return replaced.filter(({ outputs }) => !outputs.some((name) => before.has(name) && !after.has(name)));
}
