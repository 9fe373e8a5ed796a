import type { Node, Tensor } from '../onnx/model.js';
import { producersOf, readersOf } from '../onnx/wiring.js';

/** What each operation does nothing with, as its second operand. */
const neutral: Readonly<Record<string, number>> = { Mul: 1, Div: 1, Add: 0, Sub: 0 };

/**
 * The same nodes, but for products z · (1/x) where a node that does nothing makes z and nothing else reads 1/x: z/x in their place. ONNX Runtime
 * drops the node that does nothing, then makes z/x of the product itself by z's former name (`DivMulFusion`), and refuses its
 * own graph.
 * @param nodes those among them that only such a product reads stay
 */
export function openable(nodes: readonly Node[], initializers: ReadonlyMap<string, Tensor>): readonly Node[] {
  const made = producersOf(nodes);
  const readers = readersOf(nodes);
  const isNumber = (name: string | undefined, value: number): boolean => {
    const data = initializers.get(name ?? '')?.data;
    return data?.length === 1 && Number(data[0]) === value;
  };
  const doesNothing = ({ type, inputs: [first, second] }: Node): boolean => {
    const number = neutral[type];
    if (number === undefined) return type === 'Identity';
    return isNumber(second, number) || ((type === 'Mul' || type === 'Add') && isNumber(first, number));
  };
  const asQuotient = (node: Node): Node => {
    const [first = '', second = ''] = node.type === 'Mul' ? node.inputs : [];
    for (const [factor, share] of [
      [first, second],
      [second, first],
    ] as const) {
      const [before, inverse] = [made.get(factor), made.get(share)];
      const isInverse = inverse?.type === 'Div' && isNumber(inverse.inputs[0], 1);
      if (before && doesNothing(before) && isInverse && readers.get(share)?.length === 1)
        return { ...node, type: 'Div', inputs: [factor, inverse.inputs[1] ?? ''] };
    }
    return node;
  };
  return nodes.map(asQuotient);
}
