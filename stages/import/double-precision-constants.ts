import { elementCount, elementTypeOf, floatTypes, type Node, type Tensor } from '../onnx/model.js';
import { readersOf } from '../onnx/wiring.js';
import { intAttribute } from './attributes.js';
import { doublesOf, singleOf } from './constant-tensors.js';
import type { Rewritten } from './forms/rewrite-older.js';

/** What numbers in double precision may go through before a Cast makes them single: what moves them, and arithmetic. */
const passing: ReadonlySet<string> = new Set([
  ...['Add', 'Concat', 'Div', 'Exp', 'Expand', 'Flatten', 'Gather', 'Identity', 'Mul', 'Neg', 'Pow'],
  ...['Reciprocal', 'Reshape', 'Slice', 'Split', 'Sqrt', 'Squeeze', 'Sub', 'Tile', 'Transpose', 'Unsqueeze'],
  'Where',
]);

/** What gives the numbers that it takes. */
const moving: ReadonlySet<string> = new Set([
  ...['Expand', 'Flatten', 'Identity', 'Reshape', 'Squeeze', 'Transpose', 'Unsqueeze'],
]);

/** What computes with a number of the code in the precision of the tensor beside it, as PyTorch does. */
const besideTensors: ReadonlySet<string> = new Set([
  'Add',
  'Div',
  'Max',
  'Min',
  'Mul',
  'Pow',
  'Sub',
  'Where',
]);

/** What gives no floating-point numbers, or those of the precision that it says. */
const ofOwnType = /^(Cast|CastLike|Shape|Size|Equal|Less|LessOrEqual|Greater|GreaterOrEqual|ArgM(ax|in))$/;

/**
 * Nodes and initialisers with those constants of double precision as float32 that become so anyway: a Cast follows on all
 * ways, before anything but movements and arithmetic; or they stand beside tensors of single precision, as PyTorch's exporter
 * writes the number of `torch.where(mask, -1e3, x)`, and the weights of the layers behind it as doubles. Others stay, for what reads them to refuse. Not where they are compared:
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
  const become = [castLater(nodes), besideSingles(nodes, initializers, held)];
  const becomeSingle = { has: (name: string): boolean => become.some((names) => names.has(name)) };
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

/**
 * Names of constants in double precision that stand beside what is computed in single precision wherever they are read: such
 * as are of single precision in truth, and numbers.
 * @param nodes in order
 */
function besideSingles(
  nodes: readonly Node[],
  initializers: ReadonlyMap<string, Tensor>,
  held: (node: Node) => Tensor | null,
): ReadonlySet<string> {
  const constants = new Map([...initializers].filter(([, { type }]) => type === 'float64'));
  /** Of what is a constant in another shape or order: the constants. */
  const sources = new Map([...constants.keys()].map((name): [string, readonly string[]] => [name, [name]]));
  /** What is computed in double precision. */
  const doubles = new Set<string>();
  const beside = new Set<string>();
  const elsewhere = new Set<string>();
  for (const node of nodes) {
    const { type, domain, inputs, outputs } = node;
    const constant = held(node);
    if (constant)
      for (const output of outputs) {
        constants.set(output, constant);
        sources.set(output, [output]);
      }
    const values = type === 'Where' ? inputs.slice(1) : inputs;
    const own = values.flatMap((name) => sources.get(name) ?? []);
    const isInDouble = values.some((name) => doubles.has(name));
    const hasOthers = values.some((name) => name !== '' && !sources.has(name));
    if (own.length > 0 && moving.has(type) && values[0] !== undefined && sources.has(values[0])) {
      for (const output of outputs) sources.set(output, own);
      continue;
    }
    const isBeside = (name: string): boolean =>
      domain === '' &&
      hasOthers &&
      !isInDouble &&
      !ofOwnType.test(type) &&
      isSingle(constants.get(name), type);
    const areBeside = own.every(isBeside);
    for (const name of own) (areBeside || isSingleCast(node) ? beside : elsewhere).add(name);
    const isDouble = (isInDouble || !areBeside) && !ofOwnType.test(type);
    if (isDouble || isDoubleCast(node)) for (const output of outputs) doubles.add(output);
  }
  return new Set([...beside].filter((name) => !elsewhere.has(name)));
}

/** Whether single precision holds a constant, as far as an operation of a type can tell. */
function isSingle(constant: Tensor | undefined, type: string): boolean {
  if (constant === undefined) return false;
  if (elementCount(constant.dims) === 1 && besideTensors.has(type)) return true;
  return doublesOf(constant).every((value) => Object.is(Math.fround(value), value));
}

function isDoubleCast(node: Node): boolean {
  return node.type === 'Cast' && elementTypeOf(intAttribute(node, 'to', 0)) === 'float64';
}

function isSingleCast(node: Node): boolean {
  const type = node.type === 'Cast' ? elementTypeOf(intAttribute(node, 'to', 0)) : undefined;
  return type !== undefined && type !== 'float64' && floatTypes.has(type);
}
