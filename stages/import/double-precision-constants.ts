import { elementTypeOf, floatTypes, type Node, type Tensor } from '../onnx/model.js';
import { readersOf } from '../onnx/wiring.js';
import { intAttribute } from './attributes.js';
import { singleOf } from './constant-tensors.js';
import type { Rewritten } from './forms/rewrite-older.js';

/** What numbers in double precision may go through before a Cast makes them single: what moves them, and arithmetic. */
const passing: ReadonlySet<string> = new Set([
  ...['Add', 'Concat', 'Div', 'Exp', 'Expand', 'Flatten', 'Gather', 'Identity', 'Mul', 'Neg', 'Pow'],
  ...['Reciprocal', 'Reshape', 'Slice', 'Split', 'Sqrt', 'Squeeze', 'Sub', 'Tile', 'Transpose', 'Unsqueeze'],
  'Where',
]);

/**
 * Nodes and initialisers with those constants of double precision as float32 that become so anyway: a Cast follows on all
 * ways, before anything but movements and arithmetic. Others stay, for what reads them to refuse. Not where they are compared:
 * numbers that differ may be equal once they are rounded.
 */
export function narrowDoubles({ nodes, initializers }: Rewritten): Rewritten {
  const isDouble = ({ type }: Tensor): boolean => type === 'float64';
  const held = (node: Node): Tensor | null => {
    const attribute =
      node.type === 'Constant' && node.domain === '' ? node.attributes.get('value') : undefined;
    return attribute?.kind === 'tensor' && isDouble(attribute.value) ? attribute.value : null;
  };
  if (![...initializers.values()].some(isDouble) && !nodes.some(held)) return { nodes, initializers };
  const becomeSingle = castLater(nodes);
  return {
    nodes: nodes.map((node) => {
      const value = held(node);
      if (!value || !node.outputs.every((name) => becomeSingle.has(name))) return node;
      return { ...node, attributes: new Map([['value', { kind: 'tensor', value: singleOf(value) }]]) };
    }),
    initializers: new Map(
      [...initializers].map(([name, tensor]) => [
        name,
        isDouble(tensor) && becomeSingle.has(name) ? singleOf(tensor) : tensor,
      ]),
    ),
  };
}

/** Names of what a Cast to single precision, or half, follows on all ways. @param nodes in order */
function castLater(nodes: readonly Node[]): ReadonlySet<string> {
  const readers = readersOf(nodes);
  const later = new Set<string>();
  const leads = (node: Node): boolean =>
    node.domain === '' &&
    (isSingleCast(node) || (passing.has(node.type) && node.outputs.every((name) => later.has(name))));
  const consider = (name: string): void => {
    if (readers.get(name)?.every(leads)) later.add(name);
  };
  for (const { inputs } of nodes.toReversed()) for (const name of inputs) consider(name);
  return later;
}

function isSingleCast(node: Node): boolean {
  const type = node.type === 'Cast' ? elementTypeOf(intAttribute(node, 'to', 0)) : undefined;
  return type !== undefined && type !== 'float64' && floatTypes.has(type);
}
