import type { Node, Tensor } from '../../onnx/model.js';
import { elementTypeCodes } from '../../onnx/model.js';
import { readersOf } from '../../onnx/wiring.js';
import { intAttribute } from '../attributes.js';

/**
 * Nodes in which a tensor of one number that code turns into truths and back, or inverts, is filled with what it becomes at
 * once: positions are counted over a mask of zeros for each image in EdgeNeXt.
 */
export function withPlainFills(nodes: readonly Node[]): readonly Node[] {
  if (!nodes.some(isFill)) return nodes;
  const fills = new Map<string, { readonly node: Node; readonly value: Fill }>();
  const replaced = nodes.map((node) => {
    const own = isFill(node) ? filledWith(node) : null;
    const [input = '', ...others] = node.inputs;
    const read = others.length === 0 && node.domain === '' ? fills.get(input) : undefined;
    const value = own ?? (read ? turned(node, read.value) : null);
    if (!value) return node;
    const filling = own || !read ? node : filled(node, read.node, value);
    for (const output of node.outputs) fills.set(output, { node: filling, value });
    return filling;
  });
  // Some fills have no reader left.
  const before = readersOf(nodes);
  const after = readersOf(replaced);
  const isLeft = ({ outputs }: Node): boolean => outputs.some((name) => before.has(name) && !after.has(name));
  return replaced.filter((node) => !isFill(node) || !isLeft(node));
}

interface Fill {
  readonly type: 'float32' | 'int64' | 'bool';
  readonly number: number;
}

const isFill = ({ type, domain }: Node): boolean => type === 'ConstantOfShape' && domain === '';

function filledWith({ attributes }: Node): Fill | null {
  const value = attributes.get('value');
  if (value === undefined) return { type: 'float32', number: 0 };
  if (value.kind !== 'tensor') return null;
  const { type, data } = value.value;
  if (type !== 'float32' && type !== 'int64' && type !== 'bool') return null;
  return data.length === 1 ? { type, number: Number(data[0]) } : null;
}

/** What an operation makes of each number, or null for one that fills can't be put in the place of. */
function turned(node: Node, { type, number }: Fill): Fill | null {
  if (node.type === 'Not' && type === 'bool') return { type, number: Number(number === 0) };
  if (node.type !== 'Cast') return null;
  switch (intAttribute(node, 'to', 0)) {
    case elementTypeCodes.bool:
      return { type: 'bool', number: Number(number !== 0) };
    case elementTypeCodes.float32:
      return { type: 'float32', number };
    case elementTypeCodes.int64:
      return { type: 'int64', number: Math.trunc(number) };
    default:
      return null;
  }
}

/** The node that fills what `node` gives, the shape being that of another fill. */
function filled(node: Node, { inputs }: Node, { type, number }: Fill): Node {
  const value: Tensor =
    type === 'float32'
      ? { type, dims: [1], data: Float32Array.of(number) }
      : type === 'int64'
        ? { type, dims: [1], data: BigInt64Array.of(BigInt(number)) }
        : { type, dims: [1], data: Uint8Array.of(number) };
  return {
    ...node,
    type: 'ConstantOfShape',
    inputs,
    attributes: new Map([['value', { kind: 'tensor', value }]]),
  };
}
