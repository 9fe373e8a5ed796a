import { fromHalfBits } from '../onnx/float16.js';
import type { Attribute, FloatTensor, Node, OpaqueTensor, Tensor } from '../onnx/model.js';
import type { Rewritten } from './forms/rewrite-older.js';

/** Whether its elements are of half precision: such networks are scored in float32, with their weights as they are. */
export function isHalf(tensor: Tensor): tensor is OpaqueTensor {
  return tensor.type === 'float16' || tensor.type === 'bfloat16';
}

/** A float32 copy of a tensor in half precision, without rounding. */
export function widened({ type, dims, data }: OpaqueTensor): FloatTensor {
  const halves = new Uint16Array(data.slice().buffer);
  if (type === 'float16') return { type: 'float32', dims, data: Float32Array.from(halves, fromHalfBits) };
  // Bfloat16 is the upper half of float32.
  const singles = Uint32Array.from(halves, (half) => half << 16);
  return { type: 'float32', dims, data: new Float32Array(singles.buffer) };
}

/**
 * Nodes and initialisers with all constants of half precision as float32, and how many there were. Made once for a
 * model, since equal constants are told by their memory.
 */
export function widenHalves({ nodes, initializers }: Rewritten): Rewritten & { readonly halves: number } {
  let halves = 0;
  const wide = (tensor: Tensor): Tensor => {
    if (!isHalf(tensor)) return tensor;
    halves += 1;
    return widened(tensor);
  };
  const wideAttribute = (attribute: Attribute): Attribute =>
    attribute.kind === 'tensor' ? { ...attribute, value: wide(attribute.value) } : attribute;
  const wideNode = (node: Node): Node =>
    [...node.attributes.values()].some((attribute) => attribute.kind === 'tensor' && isHalf(attribute.value))
      ? {
          ...node,
          attributes: new Map(
            [...node.attributes].map(([name, attribute]) => [name, wideAttribute(attribute)]),
          ),
        }
      : node;
  const wideNodes = nodes.map(wideNode);
  const wideInitializers = new Map([...initializers].map(([name, tensor]) => [name, wide(tensor)]));
  return { nodes: wideNodes, initializers: wideInitializers, halves };
}
