import type { Node, Tensor } from '../onnx/model.js';
import { producersOf, readersOf } from '../onnx/wiring.js';
import { constantTensor } from './constant-tensors.js';

/** Nodes of a graph by what they make and read, and its constants of one number. */
interface Wires {
  /** What makes a tensor, where it is an operation of ONNX's own. */
  readonly maker: (name: string | undefined) => Node | undefined;
  /** The one node that reads a tensor, where there is only one and nothing else needs it. */
  readonly onlyReader: (node: Node) => Node | undefined;
  /** The number that a tensor is, or null. */
  readonly number: (name: string | undefined) => number | null;
}

/** A function of one tensor that several nodes compute. */
interface Joined {
  /** Those nodes, the last one in place of which the function stands. */
  readonly nodes: readonly [...others: Node[], last: Node];
  readonly type: 'Gelu' | 'Swish';
  readonly x: string;
}

/**
 * Replaces what exporters write of several nodes for x·Φ(x) and x·σ(x) by one: its derivative needs far fewer passes over
 * memory than the chain's.
 * @param logits the tensor that the graph is read at: what makes it stays as it is
 */
export function joinFunctions(
  nodes: readonly Node[],
  initializers: ReadonlyMap<string, Tensor>,
  logits: string,
): readonly Node[] {
  const wires = wiresOf(nodes, initializers, logits);
  const last = new Map<Node, Joined>();
  const gone = new Set<Node>();
  for (const node of nodes) {
    const joined = node.domain === '' ? (geluFrom(node, wires) ?? swishFrom(node, wires)) : null;
    if (!joined || joined.nodes.some((one) => gone.has(one))) continue;
    for (const one of joined.nodes) gone.add(one);
    const [final] = joined.nodes.slice(-1);
    if (final) last.set(final, joined);
  }
  if (last.size === 0) return nodes;
  return nodes.flatMap((node) => {
    const joined = last.get(node);
    if (joined) return [{ ...node, type: joined.type, inputs: [joined.x], attributes: new Map() }];
    return gone.has(node) ? [] : [node];
  });
}

function wiresOf(nodes: readonly Node[], initializers: ReadonlyMap<string, Tensor>, logits: string): Wires {
  const [producers, readers] = [producersOf(nodes), readersOf(nodes)];
  const maker = (name = ''): Node | undefined => {
    const node = producers.get(name);
    return node?.domain === '' ? node : undefined;
  };
  return {
    maker,
    onlyReader(node) {
      const [output = ''] = node.outputs;
      const [reader, another] = readers.get(output) ?? [];
      return output !== logits && reader?.domain === '' && !another ? reader : undefined;
    },
    number(name = '') {
      const constant = maker(name);
      const [attribute] = constant?.type === 'Constant' ? [...constant.attributes.values()] : [];
      const tensor = initializers.get(name) ?? (attribute && constantTensor(attribute));
      return tensor?.type === 'float32' && tensor.data.length === 1 ? (tensor.data[0] ?? null) : null;
    },
  };
}

/** x · (erf(x/√2) + 1) · ½, the factors in any order. */
function geluFrom(erf: Node, wires: Wires): Joined | null {
  if (erf.type !== 'Erf') return null;
  const scaling = wires.maker(erf.inputs[0]);
  const x = scaling && scaledBy(scaling, Math.SQRT1_2, wires);
  const raised = wires.onlyReader(erf);
  if (!scaling || !x || wires.onlyReader(scaling) !== erf || raised?.type !== 'Add') return null;
  if (!isNumber(wires.number(other(raised, erf)), 1)) return null;
  const product = wires.onlyReader(raised);
  if (product?.type !== 'Mul') return null;
  const factor = other(product, raised);
  const halved = wires.maker(factor);
  // (x · ½) · (erf + 1)
  if (halved && scaledBy(halved, 0.5, wires) === x && wires.onlyReader(halved) === product)
    return { nodes: [scaling, erf, raised, halved, product], type: 'Gelu', x };
  const next = wires.onlyReader(product);
  if (next?.type !== 'Mul' && next?.type !== 'Div') return null;
  // (x · (erf + 1)) · ½, or x · ((erf + 1) · ½)
  const isLast =
    factor === x ? scaledBy(next, 0.5, wires) === product.outputs[0] : other(next, product) === x;
  const isHalved = factor === x || scaledBy(product, 0.5, wires) === raised.outputs[0];
  return isLast && isHalved && (factor === x || next.type === 'Mul')
    ? { nodes: [scaling, erf, raised, product, next], type: 'Gelu', x }
    : null;
}

/** x · σ(x). */
function swishFrom(sigmoid: Node, wires: Wires): Joined | null {
  const [x = ''] = sigmoid.inputs;
  const product = sigmoid.type === 'Sigmoid' ? wires.onlyReader(sigmoid) : undefined;
  return product?.type === 'Mul' && other(product, sigmoid) === x
    ? { nodes: [sigmoid, product], type: 'Swish', x }
    : null;
}

/** What a node multiplies by a number, or divides by its inverse; null for any other node. */
function scaledBy({ type, inputs }: Node, factor: number, { number }: Wires): string | null {
  const [left = '', right = ''] = inputs;
  if (type === 'Div') return isNumber(number(right), 1 / factor) ? left : null;
  if (type !== 'Mul') return null;
  if (isNumber(number(right), factor)) return left;
  return isNumber(number(left), factor) ? right : null;
}

/** Of a node of two inputs, the one that another does not make. */
function other({ inputs }: Node, made: Node): string | undefined {
  const [left, right] = inputs;
  return left === made.outputs[0] ? right : left;
}

/** Equal up to how float32 rounds. */
const isNumber = (found: number | null, expected: number): boolean =>
  found !== null && Math.abs(found - expected) <= 1e-7 * Math.abs(expected) + 1e-12;
