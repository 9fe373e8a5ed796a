import { int } from '../../graph/builder.js';
import { elementTypeCodes, elementTypeOf, floatTypes, type Node, type Tensor } from '../../onnx/model.js';
import { producersOf, readersOf } from '../../onnx/wiring.js';
import { intAttribute } from '../attributes.js';
import { constantTensor } from '../constant-tensors.js';

/** What gives truth values. */
const tests: ReadonlySet<string> = new Set([
  ...['And', 'Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'Not', 'Or', 'Xor'],
]);

/** What gives the elements of its first input, at other places. */
const movements: ReadonlySet<string> = new Set([
  ...['Expand', 'Flatten', 'Identity', 'Reshape', 'Slice', 'Squeeze', 'Tile', 'Transpose', 'Unsqueeze'],
]);

/** What computes the same of whole numbers and of floating-point ones, of its first input. */
const ofFirst: ReadonlySet<string> = new Set([
  ...movements,
  ...['Abs', 'CumSum', 'Neg', 'ReduceMax', 'ReduceMin', 'ReduceSum'],
]);

/** The same of several inputs. Quotients of whole numbers are cut off, and are none. */
const ofAll: ReadonlySet<string> = new Set([
  'Add',
  'Clip',
  'Concat',
  'Max',
  'Min',
  'Mul',
  'Sub',
  'Sum',
  'Where',
]);

const comparisons: ReadonlySet<string> = new Set([
  'Equal',
  'Greater',
  'GreaterOrEqual',
  'Less',
  'LessOrEqual',
]);

const whole: readonly Tensor['type'][] = ['int64', 'int32'];

/** Nodes between a constant and what is computed of it, at most. */
const mostSteps = 16;

/** The tensors that whole numbers become which begin somewhere, and what else those are computed with. */
interface Count {
  readonly tensors: ReadonlySet<string>;
  /** Constants, or tensors of other counts. */
  readonly others: ReadonlySet<string>;
  /** Whether it is a floating-point number in the end. */
  readonly isRead: boolean;
}

/**
 * The nodes with whole numbers that are counts of truth values, or the same for each image, and that become floating-point
 * numbers in the end, as such from the start: `(x * mask).sum(1) / mask.sum(1)` sums whole numbers, which no value of an
 * image is here. What could differ then, as a quotient of two, stays.
 * @param image the tensor that the image is
 */
export function withFloatCounts(
  nodes: readonly Node[],
  initializers: ReadonlyMap<string, Tensor>,
  image: string,
): readonly Node[] {
  const wires = new Wires(nodes, initializers, image);
  const counts = new Map<Node, Count>();
  for (const node of nodes) {
    const count = wires.begins(node) ? wires.count(node) : null;
    if (count?.isRead) counts.set(node, count);
  }
  // One is only possible beside those that it is computed with.
  for (let before = -1; before !== counts.size; ) {
    before = counts.size;
    const tensors = tensorsOf(counts);
    for (const [node, { others }] of counts)
      if ([...others].some((name) => !tensors.has(name) && !wires.isWhole(name))) counts.delete(node);
  }
  const tensors = tensorsOf(counts);
  return nodes.flatMap((node) =>
    repeats(node) && wires.isTruths(node.inputs[0] ?? '')
      ? repeatedInFloats(node)
      : inFloats(node, tensors, wires),
  );
}

/** Truth values of the code that are repeated, maybe for each image, as the numbers 0 and 1, of which they are made again. */
function repeatedInFloats(node: Node): Node[] {
  const [first = '', ...others] = node.inputs;
  const [output = ''] = node.outputs;
  const [numbers, repeated] = [`${output}:numbers`, `${output}:repeated`];
  return [
    castTo('float32', node, first, numbers),
    { ...node, inputs: [numbers, ...others], outputs: [repeated] },
    castTo('bool', node, repeated, output),
  ];
}

function castTo(type: 'bool' | 'float32', node: Node, from: string, to: string): Node {
  const attributes = new Map([['to', int(elementTypeCodes[type])]]);
  return { ...node, type: 'Cast', inputs: [from], outputs: [to], attributes };
}

const tensorsOf = (counts: ReadonlyMap<Node, Count>): ReadonlySet<string> =>
  new Set([...counts.values()].flatMap((count) => [...count.tensors]));

/** A node whose whole numbers, where it makes or reads such of a count, are floating-point numbers. */
function inFloats(node: Node, tensors: ReadonlySet<string>, wires: Wires): readonly Node[] {
  const [output = ''] = node.outputs;
  const isMade = tensors.has(output);
  if (node.type === 'Cast')
    return [
      isMade
        ? { ...node, attributes: new Map(node.attributes).set('to', int(elementTypeCodes.float32)) }
        : node,
    ];
  if (!isMade && !(comparisons.has(node.type) && node.inputs.some((name) => tensors.has(name))))
    return [node];
  if (node.type === 'ConstantOfShape') return [filledWithFloats(node)];
  const casts: Node[] = [];
  const inputs = node.inputs.map((name, slot) => {
    if (name === '' || tensors.has(name) || !wires.isNumber(node, slot)) return name;
    const cast = `${output}:float ${slot}`;
    casts.push(castTo('float32', node, name, cast));
    return cast;
  });
  return [...casts, { ...node, inputs }];
}

function filledWithFloats(node: Node): Node {
  const value = node.attributes.get('value');
  const number = value?.kind === 'tensor' ? Number(value.value.data[0] ?? 0) : 0;
  const tensor = { type: 'float32', dims: [1], data: Float32Array.of(number) } as const;
  return { ...node, attributes: new Map([['value', { kind: 'tensor', value: tensor }]]) };
}

class Wires {
  readonly #producers: ReadonlyMap<string, Node>;
  readonly #readers: ReadonlyMap<string, readonly Node[]>;
  /** What has a part for each image. A shape has none. */
  readonly #ofImage: ReadonlySet<string>;
  readonly #truths: ReadonlySet<string>;

  constructor(
    nodes: readonly Node[],
    readonly initializers: ReadonlyMap<string, Tensor>,
    image: string,
  ) {
    this.#producers = producersOf(nodes);
    this.#readers = readersOf(nodes);
    const ofImage = new Set([image]);
    const truths = new Set<string>();
    for (const node of nodes) {
      const [first = ''] = node.inputs;
      const depends = node.inputs.some((name) => ofImage.has(name)) && !isOneOf(node, ['Shape', 'Size']);
      const repeatsTruths = (repeats(node) && this.isTruths(first)) || fillsWith(node) === 'bool';
      if (depends || repeatsTruths) for (const output of node.outputs) ofImage.add(output);
      const isTest = node.domain === '' && (tests.has(node.type) || castsTo(node) === 'bool');
      if (isTest || repeatsTruths || (node.domain === '' && movements.has(node.type) && truths.has(first)))
        for (const output of node.outputs) truths.add(output);
    }
    this.#ofImage = ofImage;
    this.#truths = truths;
  }

  /** Whether whole numbers of each image begin with a node: of truth values, or the same for all. */
  begins(node: Node): boolean {
    const [first = ''] = node.inputs;
    const to = castsTo(node);
    if (to !== undefined) return isWholeType(to) && this.#truths.has(first) && this.#ofImage.has(first);
    if (isOneOf(node, ['ConstantOfShape'])) return fillsWith(node) === 'int64';
    return repeats(node) && this.isWhole(first);
  }

  /** What a node's whole numbers become; null where something reads them as nothing but such. */
  count(node: Node): Count | null {
    const tensors = new Set<string>();
    const others = new Set<string>();
    const open = [...node.outputs];
    let isRead = false;
    if (castsTo(node) === undefined && node.type !== 'ConstantOfShape') others.add(node.inputs[0] ?? '');
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (tensors.has(name)) continue;
      tensors.add(name);
      for (const reader of this.#readers.get(name) ?? []) {
        const to = castsTo(reader);
        if (to !== undefined) {
          isRead ||= floatTypes.has(to);
          if (isWholeType(to)) open.push(...reader.outputs);
          else if (to !== 'bool' && !floatTypes.has(to)) return null;
          continue;
        }
        const slots = reader.inputs.flatMap((input, slot) => (input === name ? [slot] : []));
        if (!slots.every((slot) => this.isNumber(reader, slot))) return null;
        for (const [slot, input] of reader.inputs.entries())
          if (input !== '' && this.isNumber(reader, slot)) others.add(input);
        if (!comparisons.has(reader.type)) open.push(...reader.outputs);
      }
    }
    return { tensors, others, isRead };
  }

  /** Whether an input of a node holds the numbers that it computes with, the same for whole and floating-point ones. */
  isNumber({ type, domain }: Node, slot: number): boolean {
    if (domain !== '') return false;
    if (type === 'Where') return slot > 0;
    return ofAll.has(type) || comparisons.has(type) || (ofFirst.has(type) && slot === 0);
  }

  /** Whether a tensor is whole numbers that the code holds. */
  isWhole = (name: string): boolean => this.#isOf(name, whole);

  /** Whether a tensor is truth values that the code holds. */
  isTruths = (name: string): boolean => this.#isOf(name, ['bool']);

  /** Whether a tensor is a constant of one of the types, maybe in another shape. */
  #isOf(name: string, types: readonly Tensor['type'][], steps = mostSteps): boolean {
    const held = this.initializers.get(name);
    if (held) return types.includes(held.type);
    const node = this.#producers.get(name);
    if (node?.domain !== '' || steps === 0) return false;
    if (node.type === 'Constant') {
      const [attribute] = node.attributes.values();
      const tensor = attribute && constantTensor(attribute);
      return tensor ? types.includes(tensor.type) : false;
    }
    const [first = ''] = node.inputs;
    const to = castsTo(node);
    if (to !== undefined) return types.includes(to) && this.#isOf(first, ['bool', ...whole], steps - 1);
    return movements.has(node.type) && !repeats(node) && this.#isOf(first, types, steps - 1);
  }
}

const castsTo = (node: Node): Tensor['type'] | undefined =>
  isOneOf(node, ['Cast']) ? elementTypeOf(intAttribute(node, 'to', 0)) : undefined;

/** The type of what a node fills a tensor with, where it says one. */
function fillsWith(node: Node): Tensor['type'] | undefined {
  const value = isOneOf(node, ['ConstantOfShape']) ? node.attributes.get('value') : undefined;
  return value?.kind === 'tensor' ? value.value.type : undefined;
}

const isWholeType = (type: Tensor['type']): boolean => whole.includes(type);

const repeats = (node: Node): boolean => isOneOf(node, ['Expand', 'Tile']);

const isOneOf = ({ type, domain }: Node, types: readonly string[]): boolean =>
  domain === '' && types.includes(type);
