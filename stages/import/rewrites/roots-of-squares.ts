import { int } from '../../graph/builder.js';
import type { Node, Tensor } from '../../onnx/model.js';
import { producersOf } from '../../onnx/wiring.js';
import { constantTensor } from '../constant-tensors.js';

/**
 * The attribute of a root that says that where its number is 0, all is 0 that it is made of, or a Relu lies before it that
 * passes nothing there.
 */
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
 * so. Where one is 0 PyTorch gives it the derivative 0, which the root alone has not. So it does for roots of what a Relu
 * gives, as LPPool takes: its Relu stops the infinite derivative.
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

  /** The one number that a tensor of the file is, or NaN. */
  const numberAt = (name: string): number => {
    const tensor = initializers.get(name) ?? constantOf(producers.get(name));
    return tensor?.data.length === 1 ? Number(tensor.data[0]) : Number.NaN;
  };

  /** Whether it is the sign of what the absolute value behind a Relu is of, which is 0 where that is. */
  const isSigned = (sign: string, size: string): boolean => {
    const [signs, rectified] = [producers.get(sign), producers.get(size)];
    const absolute = rectified?.type === 'Relu' ? producers.get(rectified.inputs[0] ?? '') : undefined;
    return signs?.type === 'Sign' && absolute?.type === 'Abs' && absolute.inputs[0] === signs.inputs[0];
  };

  const isOfSquares = (name: string, steps: number): boolean => {
    const node = producers.get(name);
    if (node?.domain !== '' || steps === 0) return false;
    const [first = '', second = ''] = node.inputs;
    if (sums.has(node.type)) return isOfSquares(first, steps - 1);
    switch (node.type) {
      case 'ReduceSumSquare':
        return true;
      case 'Relu':
        return true;
      case 'Pow': {
        const exponent = numberAt(second);
        return exponent === 2 || (exponent > 1 && producers.get(first)?.type === 'Abs');
      }
      case 'Mul':
        return (
          isSigned(first, second) ||
          isSigned(second, first) ||
          first === second ||
          [first, second].every((factor) => isOfSquares(factor, steps - 1) || isNumber(factor, steps - 1))
        );
      case 'Div':
        return isOfSquares(first, steps - 1) && isNumber(second, steps - 1);
      default:
        return false;
    }
  };

  const isRoot = ({ type, domain, inputs: [, exponent = ''] }: Node): boolean => {
    if (domain !== '' || (type !== 'Sqrt' && type !== 'Pow')) return false;
    return type === 'Sqrt' || (numberAt(exponent) > 0 && numberAt(exponent) < 1);
  };

  return nodes.map((node) =>
    isRoot(node) && isOfSquares(node.inputs[0] ?? '', mostSteps)
      ? { ...node, attributes: new Map(node.attributes).set(ofSquares, int(1)) }
      : node,
  );
}

function constantOf(node: Node | undefined): Tensor | undefined {
  const value = node?.type === 'Constant' ? node.attributes.get('value') : undefined;
  return value?.kind === 'tensor' ? value.value : undefined;
}

const hasNoZero = ({ data }: Tensor): boolean => data.every((value) => Number(value) !== 0);
