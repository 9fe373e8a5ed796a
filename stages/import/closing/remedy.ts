import type { Node } from '../../onnx/model.js';
import { shown } from '../../shown.js';
import { intAttribute } from '../attributes.js';
import type { KnownNumbers } from './known-numbers.js';

/** What puts other numbers beside probabilities, or makes fewer or others of them than one for each of theirs. */
const mixing: ReadonlySet<string> = new Set([
  ...['Concat', 'Einsum', 'Gemm', 'MatMul', 'Pad'],
  ...['ReduceMax', 'ReduceMean', 'ReduceMin', 'ReduceSum'],
]);

/** What to give instead of a model whose output is made of probabilities. */
export function insteadOf(
  output: string,
  closers: readonly { readonly node: Node; readonly logits: string; readonly arePositive?: boolean }[],
  producers: ReadonlyMap<string, Node>,
  numbers: KnownNumbers,
): string {
  const [closer, another] = closers;
  const inPlace = 'as output in its place';
  if (!closer || another)
    return `export the model with logits, one for each class, ${inPlace}, of one member where it has several`;
  if (columnsOf(closer.logits, producers, numbers) === 1)
    return `${shown(closer.logits)} is one number: where there are two classes, export the model with their logits, [0, ${shown(closer.logits)}], ${inPlace}, as by torch.cat([torch.zeros_like(z), z], 1)`;
  if (isMixed(output, closer.node, producers, numbers))
    return `export the model with logits, one for each class, ${inPlace}; ${shown(closer.logits)} need not be that`;
  const logits = `${closer.arePositive ? 'the logarithms of ' : ''}${shown(closer.logits)}`;
  return `export the model with ${logits} ${inPlace}`;
}

/** How many numbers of an image a linear layer gives; null where that is not seen. */
function columnsOf(name: string, producers: ReadonlyMap<string, Node>, numbers: KnownNumbers): number | null {
  const node = producers.get(name);
  const [first = '', second = ''] = node?.inputs ?? [];
  switch (node?.type) {
    case 'Add':
      return columnsOf(numbers.tensor(first) ? second : first, producers, numbers);
    case 'Gemm':
      return numbers.tensor(second)?.dims.at(intAttribute(node, 'transB', 0) === 0 ? 1 : 0) ?? null;
    case 'MatMul':
      return numbers.tensor(second)?.dims.at(-1) ?? null;
    default:
      return null;
  }
}

/** Whether the output is made of more, of fewer or of others than the probabilities of a node, each by itself. */
function isMixed(
  output: string,
  closer: Node,
  producers: ReadonlyMap<string, Node>,
  numbers: KnownNumbers,
): boolean {
  const seen = new Set<Node>([closer]);
  const open = [output];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = producers.get(name);
    if (!node || seen.has(node)) continue;
    // One place of an axis is picked: of a class, or of all classes of one place.
    const picksOne = node.type === 'Gather' && numbers.tensor(node.inputs[1] ?? '')?.dims.length === 0;
    if (picksOne || mixing.has(node.type)) return true;
    seen.add(node);
    open.push(...node.inputs);
  }
  return false;
}
