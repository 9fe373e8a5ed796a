import { ModelError } from '../../errors.js';
import type { Node, Tensor } from '../../onnx/model.js';
import { shown } from '../../shown.js';
import { floatAttribute } from '../attributes.js';
import { KnownNumbers } from './known-numbers.js';

/** A node that makes probabilities of logits. */
interface Closer {
  readonly node: Node;
  /** What it is called where it is several nodes. */
  readonly type: 'Softmax' | 'Sigmoid';
  readonly logits: string;
}

/** What a network's output is of the value that is looked at: scale · value + shift. */
interface Affine {
  readonly scale: number;
  readonly shift: number;
}

const same: Affine = { scale: 1, shift: 0 };

/** What chooses, moves or puts together elements of its first input. */
const ofFirst: ReadonlySet<string> = new Set([
  ...['Cast', 'Dropout', 'Expand', 'Flatten', 'Gather', 'GatherElements', 'GatherND', 'Identity', 'Reshape'],
  ...['Slice', 'Split', 'Squeeze', 'Tile', 'Transpose', 'Unsqueeze'],
  ...['GlobalAveragePool', 'GlobalMaxPool', 'ReduceMax', 'ReduceMean', 'ReduceMin', 'ReduceSum'],
]);

/** What mixes or joins elements of all its inputs. */
const ofAll: ReadonlySet<string> = new Set(['Concat', 'Max', 'Mean', 'Min', 'Sum']);

/** What hands on a sum to the quotient by it. */
const ofSum: ReadonlySet<string> = new Set([
  'Add',
  'Cast',
  'Clip',
  'Expand',
  'Identity',
  'Max',
  'Reshape',
  'Unsqueeze',
]);

const sums: ReadonlySet<string> = new Set(['ReduceL1', 'ReduceMax', 'ReduceSum']);

/** Values that are looked at, at most: what closes a network is short. */
const mostNodes = 500;

/** Nodes between a sum and the quotient by it, at most. */
const mostSteps = 16;

/**
 * Scores are of logits: a network whose output is computed of nothing but probabilities, scaled, clipped, averaged,
 * chosen among or moved, is refused. What also has a part of something else, as a feature that a gate is
 * multiplied by or a shortcut, may be logits.
 * @param logits the output
 * @throws ModelError naming the node that makes the probabilities, and what it reads
 */
export function requireLogits(
  logits: string,
  producers: ReadonlyMap<string, Node>,
  initializers: ReadonlyMap<string, Tensor>,
): void {
  const closers = new Probabilities(producers, initializers).behind(logits, same);
  const [closer] = closers ?? [];
  if (!closer) return;
  const { node, type } = closer;
  const named = `operation ${shown(node.type)}, node ${shown(node.name)}`;
  const input = shown(closer.logits);
  if (type === 'Sigmoid')
    throw new ModelError(
      `${named}: it closes the network, which scores each class by itself then, and scores are of a softmax over classes that exclude each other; if they do, export the model with ${input} as output in its place`,
    );
  const others = new Set(closers?.map((each) => each.node)).size - 1;
  const last = producers.get(logits) ?? node;
  throw new ModelError(
    `${named}: the output is made of ${others > 0 ? `${others + 1} such nodes' probabilities` : 'its probabilities'}, by ${shown(last.type)}, node ${shown(last.name)}, at last, and scores are of logits; export the model with ${others > 0 ? `logits, such as ${input},` : input} as output in its place`,
  );
}

/** Looks for what makes the probabilities that a value is computed of. */
class Probabilities {
  readonly #numbers: KnownNumbers;
  #left = mostNodes;
  /** What is known of a value already, by its name and what the output is of it: each is looked at once. */
  readonly #found = new Map<string, readonly Closer[] | null>();

  constructor(
    readonly producers: ReadonlyMap<string, Node>,
    initializers: ReadonlyMap<string, Tensor>,
  ) {
    this.#numbers = new KnownNumbers(producers, initializers);
  }

  /** The nodes that all ways to a value begin at, or null where one begins elsewhere, or goes too far to be followed. */
  behind(name: string, output: Affine): readonly Closer[] | null {
    const key = `${name} ${output.scale} ${output.shift}`;
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    // Until it is known, for what goes in a circle.
    this.#found.set(key, null);
    const found = this.#behind(name, output);
    this.#found.set(key, found);
    return found;
  }

  #behind(name: string, output: Affine): readonly Closer[] | null {
    const node = this.#made(name);
    if (!node || this.#left-- <= 0) return null;
    const [first = ''] = node.inputs;
    const closer = this.#closer(node, output);
    if (closer) return [closer];
    if (ofFirst.has(node.type)) return this.behind(first, output);
    if (node.type === 'Clip') return this.behind(first, output) ?? this.#clipped(node, output);
    if (ofAll.has(node.type)) return this.#behindAll(node.inputs, output);
    switch (node.type) {
      case 'Mul':
      case 'Div':
        return this.#normalized(node) ?? this.#behindAll(node.inputs, output, node.type);
      case 'Add':
      case 'Sub':
        return this.#behindAll(node.inputs, output, node.type);
      default:
        return null;
    }
  }

  #made(name: string): Node | undefined {
    const node = this.producers.get(name);
    return node?.domain === '' ? node : undefined;
  }

  #behindAll(
    inputs: readonly string[],
    output: Affine,
    type?: 'Add' | 'Div' | 'Mul' | 'Sub',
  ): readonly Closer[] | null {
    const [dividend, divisor] = inputs;
    if (dividend === undefined || (type === 'Div' && !this.#numbers.weighs(divisor ?? ''))) return null;
    const open = inputs.filter((input) => !this.#numbers.weighs(input));
    const constants = inputs.filter((input) => this.#numbers.weighs(input));
    const seen = type ? constants.reduce((before, name) => this.#before(before, type, name), output) : same;
    const closers = new Map<Node, Closer>();
    for (const input of open) {
      const found = this.behind(input, open.length === 1 ? seen : same);
      if (!found) return null;
      for (const closer of found) closers.set(closer.node, closer);
    }
    return closers.size > 0 ? [...closers.values()] : null;
  }

  /** What the output is of an operand of arithmetic whose other operand is a constant. */
  #before({ scale, shift }: Affine, type: 'Add' | 'Div' | 'Mul' | 'Sub', name: string): Affine {
    const number = this.#numbers.number(name) ?? Number.NaN;
    switch (type) {
      case 'Mul':
        return { scale: scale * number, shift };
      case 'Div':
        return { scale: scale / number, shift };
      default:
        // Of a constant minus a value only the sign differs, which leaves a range from −1 to 1 what it is.
        return { scale, shift: shift + scale * number * (type === 'Sub' ? -1 : 1) };
    }
  }

  #closer(node: Node, output: Affine): Closer | null {
    const [first = '', second = ''] = node.inputs;
    switch (node.type) {
      case 'Softmax':
        return { node, type: 'Softmax', logits: first };
      case 'Sigmoid':
      case 'HardSigmoid':
        return { node, type: 'Sigmoid', logits: first };
      case 'Tanh':
        // From 0 up: a sigmoid of twice its input. From −c to c it bounds logits.
        return isNear(Math.abs(output.shift), Math.abs(output.scale))
          ? { node, type: 'Sigmoid', logits: first }
          : null;
      case 'Reciprocal':
        return this.#logistic(node, first);
      case 'Div':
        return this.#numbers.number(first) === null ? null : this.#logistic(node, second);
      default:
        return null;
    }
  }

  /** One over 1 + e^−x. */
  #logistic(node: Node, divisor: string): Closer | null {
    const sum = this.#made(divisor);
    if (sum?.type !== 'Add' || !sum.inputs.some((input) => this.#numbers.number(input) === 1)) return null;
    const exponential = sum.inputs.map((input) => this.#made(input)).find((made) => made?.type === 'Exp');
    const negative = this.#made(exponential?.inputs[0] ?? '');
    if (!exponential) return null;
    const logits = (negative?.type === 'Neg' ? negative : exponential).inputs[0] ?? '';
    return { node, type: 'Sigmoid', logits };
  }

  /** A hard sigmoid of several nodes: cut off so that the output is from 0 to 1. */
  #clipped(node: Node, { scale, shift }: Affine): readonly Closer[] | null {
    const bound = (slot: number, key: string): number =>
      node.inputs[slot]
        ? (this.#numbers.number(node.inputs[slot] ?? '') ?? Number.NaN)
        : floatAttribute(node, key, Number.NaN);
    const [low, high] = [bound(1, 'min'), bound(2, 'max')].map((value) => scale * value + shift);
    if (low === undefined || high === undefined || Math.abs(low) > 1e-6 || !isNear(high, 1)) return null;
    return [{ node, type: 'Sigmoid', logits: node.inputs[0] ?? '' }];
  }

  /** Exponentials, or probabilities, over their sum: a softmax of several nodes. */
  #normalized(node: Node): readonly Closer[] | null {
    for (const [value, by] of [node.inputs, node.inputs.toReversed()]) {
      const inverse = node.type === 'Mul' ? this.#made(by ?? '') : undefined;
      const divisor =
        node.type === 'Div' ? by : inverse?.type === 'Reciprocal' ? inverse.inputs[0] : undefined;
      const isQuotient = value !== undefined && divisor !== undefined && this.#isSumOf(divisor, value);
      if (isQuotient) {
        const exponential = this.#made(value);
        if (exponential?.type !== 'Exp') return this.behind(value, same);
        return [{ node, type: 'Softmax', logits: this.#unshifted(exponential.inputs[0] ?? '') }];
      }
      if (node.type === 'Div') return null;
    }
    return null;
  }

  #isSumOf(name: string, value: string): boolean {
    let node = this.#made(name);
    for (let steps = 0; node && ofSum.has(node.type) && steps < mostSteps; steps++)
      node = node.inputs.map((input) => this.#made(input)).find((made) => made !== undefined);
    return node !== undefined && sums.has(node.type) && node.inputs[0] === value;
  }

  /** What the largest was taken off, before exponentials. */
  #unshifted(name: string): string {
    const node = this.#made(name);
    const [value = '', largest = ''] = node?.inputs ?? [];
    return node?.type === 'Sub' && this.#isSumOf(largest, value) ? value : name;
  }
}

const isNear = (one: number, other: number): boolean => Math.abs(one - other) <= 1e-6 * Math.abs(other);
