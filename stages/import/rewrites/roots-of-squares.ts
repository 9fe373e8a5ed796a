import { int } from '../../graph/builder.js';
import type { Node, Tensor } from '../../onnx/model.js';
import { producersOf } from '../../onnx/wiring.js';
import { constantTensor } from '../constant-tensors.js';

/** The attribute of a Sqrt that says that its number is 0 only where all is 0 that it is made of. */
export const ofSquares = 'of_squares';

/** Operations that give nothing else than sums of what they read, or the same in another shape. */
const sums: ReadonlySet<string> = new Set([
  ...['ReduceSum', 'ReduceMean'],
  ...['Identity', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Transpose', 'Expand'],
]);

/** How many nodes lie between a root and its squares, at most. */
const mostSteps = 16;

/**
 * The same nodes, with roots of sums of squares marked: the norms and standard deviations that PyTorch's exporter writes
 * so. Where one is 0 PyTorch gives it the derivative 0, which the root alone has not.
 */
export function withRootsOfSquares(
  nodes: readonly Node[],
  initializers: ReadonlyMap<string, Tensor>,
): readonly Node[] {
  const producers = producersOf(nodes);

  /** Whether it is a number of the file, and not 0, or made of such and of shapes. */
  const isNumber = (name: string, steps: number): boolean => {
    const tensor = initializers.get(name);
    if (tensor) return hasNoZero(tensor);
    const node = producers.get(name);
    if (!node || steps === 0) return false;
    if (node.type === 'Shape' || node.type === 'Size') return true;
    if (node.type === 'Constant') {
      const [attribute] = node.attributes.values();
      const held = attribute && constantTensor(attribute);
      return held ? hasNoZero(held) : false;
    }
    return node.inputs.length > 0 && node.inputs.every((input) => input === '' || isNumber(input, steps - 1));
  };

  const isOfSquares = (name: string, steps: number): boolean => {
    const node = producers.get(name);
    if (node?.domain !== '' || steps === 0) return false;
    const [first = '', second = ''] = node.inputs;
    if (sums.has(node.type)) return isOfSquares(first, steps - 1);
    switch (node.type) {
      case 'ReduceSumSquare':
        return true;
      case 'Pow':
        return isTwo(initializers.get(second) ?? constantOf(producers.get(second)));
      case 'Mul':
        return (
          first === second ||
          [first, second].every((factor) => isOfSquares(factor, steps - 1) || isNumber(factor, steps - 1))
        );
      case 'Div':
        return isOfSquares(first, steps - 1) && isNumber(second, steps - 1);
      default:
        return false;
    }
  };

  return nodes.map((node) =>
    node.type === 'Sqrt' && node.domain === '' && isOfSquares(node.inputs[0] ?? '', mostSteps)
      ? { ...node, attributes: new Map(node.attributes).set(ofSquares, int(1)) }
      : node,
  );
}

function constantOf(node: Node | undefined): Tensor | undefined {
  const value = node?.type === 'Constant' ? node.attributes.get('value') : undefined;
  return value?.kind === 'tensor' ? value.value : undefined;
}

const hasNoZero = ({ data }: Tensor): boolean => data.every((value) => Number(value) !== 0);

const isTwo = (tensor: Tensor | undefined): boolean =>
  tensor?.data.length === 1 && Number(tensor.data[0]) === 2;
