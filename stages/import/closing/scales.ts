import { elementCount, type Node } from '../../onnx/model.js';
import { isParameterCopy } from '../module-state.js';
import type { KnownNumbers } from './known-numbers.js';

/**
 * What a node multiplies or divides by a positive number of the code, as probabilities are for per cent; null for any other
 * node, and where the number may be learnt, by its name, or changes how many axes there are.
 * @param producer who wrote the file, as it says
 */
export function scaledInput(node: Node, numbers: KnownNumbers, producer: string): string | null {
  if (node.domain !== '' || (node.type !== 'Mul' && node.type !== 'Div') || node.inputs.length !== 2)
    return null;
  const orders = node.type === 'Mul' ? [node.inputs, node.inputs.toReversed()] : [node.inputs];
  for (const [value = '', by = ''] of orders) {
    const isHeld = numbers.initializers.has(by) || numbers.producers.get(by)?.type === 'Constant';
    const tensor = isHeld && !isParameterCopy(producer, by) ? numbers.tensor(by) : null;
    if (tensor?.type !== 'float32' || tensor.dims.length > 1 || elementCount(tensor.dims) !== 1) continue;
    const [number = 0] = tensor.data;
    if (number > 0 && Number.isFinite(number)) return value;
  }
  return null;
}
