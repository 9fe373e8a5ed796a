import { ModelError } from '../../errors.js';
import { elementCount, floatTypes, type Node, type Tensor } from '../../onnx/model.js';
import { shown } from '../../shown.js';
import { floatAttribute, intAttribute } from '../attributes.js';
import { KnownNumbers } from './known-numbers.js';
import { areGone, axesOfReduction, type GoneAxes, goneBefore } from './reduced-axes.js';
import { insteadOf } from './remedy.js';

/** A node that makes probabilities of logits. */
interface Closer {
  readonly node: Node;
  /** What it is called where it is several nodes. */
  readonly type: 'Softmax' | 'Sigmoid';
  readonly logits: string;
  /** Whether that is positive numbers, of which the logarithms are logits. */
  readonly arePositive?: boolean;
}

/** What a network's output is of the value that is looked at: scale · value + shift, over some of its axes. */
interface Affine {
  readonly scale: number;
  readonly shift: number;
  readonly gone: GoneAxes;
}

/** The same, of which only the axes are known. */
const over = (gone: GoneAxes): Affine => ({ scale: 1, shift: 0, gone });

/** What a value is of the probabilities that it is computed of. */
type Form =
  /** Probabilities, moved, averaged, cut off or weighed. */
  | 'probabilities'
  /** Their logarithms, of which a softmax gives them again: logits. */
  | 'logarithms'
  | 'another function';

/** A value that is computed of nothing but probabilities; of nothing but numbers of the code where there are no closers. */
interface Made {
  readonly closers: readonly Closer[];
  readonly form: Form;
}

const ofNumbersAlone: Made = { closers: [], form: 'another function' };

/** What is added to probabilities so that their logarithms are finite, at most. */
const mostGuard = 1e-3;

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

/** What gives no negative numbers. */
const positive: ReadonlySet<string> = new Set(['Abs', 'Exp', 'Relu', 'Sigmoid', 'Softplus']);

type Arithmetic = 'Add' | 'Div' | 'Mul' | 'Sub';

const sums: ReadonlySet<string> = new Set(['ReduceL1', 'ReduceMax', 'ReduceSum']);

/** Those of which shares add up to 1. */
const wholes: ReadonlySet<string> = new Set(['ReduceL1', 'ReduceSum']);

/** Values that are looked at, at most: what closes a network is short. */
const mostNodes = 500;

/** Nodes between a sum and the quotient by it, at most. */
const mostSteps = 16;

/**
 * Scores are of logits: a network whose output is computed of nothing but probabilities and numbers is refused, by whatever
 * operations, unless it is the logarithms of a softmax's, or of a mean of such. What also has a part of something else, as
 * weights, a feature that a gate is multiplied by or a shortcut, may be logits. So may shares of positions, whose axis is
 * gone before the output: they are no probabilities of classes.
 * @param logits the output
 * @throws ModelError naming the node that makes the probabilities, and what it reads
 */
export function requireLogits(
  logits: string,
  producers: ReadonlyMap<string, Node>,
  initializers: ReadonlyMap<string, Tensor>,
  opset: number,
): void {
  const made = new Probabilities(producers, initializers, opset).behind(logits, over([]));
  const [closer] = made?.closers ?? [];
  if (!closer || made?.form === 'logarithms') return;
  const { node, type } = closer;
  const named = `operation ${shown(node.type)}, node ${shown(node.name)}`;
  const closers = [...new Map(made?.closers.map((each) => [each.node, each])).values()];
  const remedy = insteadOf(logits, closers, producers, new KnownNumbers(producers, initializers));
  if (type === 'Sigmoid' && closers.length === 1)
    throw new ModelError(
      `${named}: it closes the network, which scores each class by itself then, and scores are of a softmax over classes that exclude each other; if they do, ${remedy}`,
    );
  const last = producers.get(logits) ?? node;
  throw new ModelError(
    `${named}: the output is made of ${closers.length > 1 ? `${closers.length} such nodes' probabilities` : 'its probabilities'}, by ${shown(last.type)}, node ${shown(last.name)}, at last, and scores are of logits; ${remedy}`,
  );
}

/** Looks for what makes the probabilities that a value is computed of. */
class Probabilities {
  readonly #numbers: KnownNumbers;
  #left = mostNodes;
  /** What is known of a value already, by its name and what the output is of it: each is looked at once. */
  readonly #found = new Map<string, Made | null>();

  constructor(
    readonly producers: ReadonlyMap<string, Node>,
    initializers: ReadonlyMap<string, Tensor>,
    readonly opset: number,
  ) {
    this.#numbers = new KnownNumbers(producers, initializers);
  }

  /** The nodes that all ways to a value begin at, or null where one begins elsewhere, or goes too far to be followed. */
  behind(name: string, output: Affine): Made | null {
    const key = `${name} ${output.scale} ${output.shift} ${output.gone}`;
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    // Until it is known, for what goes in a circle.
    this.#found.set(key, null);
    const found = this.#behind(name, output);
    this.#found.set(key, found);
    return found;
  }

  #behind(name: string, output: Affine): Made | null {
    const node = this.#made(name);
    if (!node || this.#left-- <= 0) return null;
    const [first = ''] = node.inputs;
    const closer = this.#closer(node, output);
    if (closer) return probabilitiesOf(closer);
    if (ofFirst.has(node.type))
      return this.behind(first, { ...output, gone: goneBefore(node, output.gone, this.#numbers) });
    if (ofAll.has(node.type)) return this.#joined(node.inputs, output);
    switch (node.type) {
      case 'Clip':
        return this.behind(first, output) ?? this.#clipped(node, output);
      case 'Mul':
      case 'Div':
      case 'Add':
      case 'Sub':
        return this.#normalized(node, output.gone) ?? this.#computed(node, node.type, output);
      case 'Log':
        return this.#logarithm(first, output.gone);
      case 'Shape':
      case 'Size':
        return ofNumbersAlone;
      default:
        return this.#function(node, output.gone);
    }
  }

  #made(name: string): Node | undefined {
    const node = this.producers.get(name);
    return node?.domain === '' ? node : undefined;
  }

  /** What is computed of several values that are alike, and numbers. */
  #joined(inputs: readonly string[], output: Affine): Made | null {
    const open = inputs.filter((input) => !this.#numbers.weighs(input));
    const ranks = inputs.map((input) => this.#numbers.tensor(input)?.dims.length ?? 0);
    // Beside a constant of more axes than [N, K] has, a value may get others in front, and be counted otherwise.
    const gone = Math.max(0, ...ranks) > 2 ? output.gone.filter((axis) => axis < 0) : output.gone;
    const before = open.length === 1 ? { ...output, gone } : over(gone);
    const parts = open.map((input) => this.behind(input, before));
    return parts.every((part) => part !== null) ? together(parts) : null;
  }

  #computed(node: Node, type: Arithmetic, output: Affine): Made | null {
    const [first = '', second = ''] = node.inputs;
    if (type === 'Div' && !this.#numbers.weighs(second)) return this.#function(node, output.gone);
    const constants = node.inputs.filter((input) => this.#numbers.weighs(input));
    const seen = constants.reduce((before, name) => this.#before(before, type, name), output);
    const made = this.#joined(node.inputs, seen);
    if (!made) return null;
    const [constant] = constants;
    return { ...made, form: this.#formOf(made.form, type, constant ?? null, [first, second]) };
  }

  /** What arithmetic makes of a form, with a constant or with one that is alike. */
  #formOf(
    form: Form,
    type: Arithmetic,
    constant: string | null,
    [first, second]: readonly [string, string],
  ): Form {
    const by = constant === null ? null : (this.#numbers.number(constant) ?? 1);
    const isKept = (): boolean => {
      // Several numbers that weigh are positive.
      if (type === 'Mul' || type === 'Div') return by !== null && by > 0 && second !== first;
      if (form === 'probabilities')
        return type === 'Add' && (by === null || (constant !== null && this.#guards(constant)));
      if (type === 'Add') return true;
      return constant === null ? this.#isReduced(second) : constant === second;
    };
    return isKept() ? form : 'another function';
  }

  #guards(constant: string): boolean {
    const number = this.#numbers.number(constant);
    return number !== null && number >= 0 && number <= mostGuard;
  }

  /** Whether a value is one for all classes. */
  #isReduced(name: string): boolean {
    let node = this.#made(name);
    for (let steps = 0; node && ofSum.has(node.type) && steps < mostSteps; steps++)
      node = this.#made(node.inputs[0] ?? '');
    return node?.type.startsWith('Reduce') ?? false;
  }

  #logarithm(of: string, gone: GoneAxes): Made | null {
    const made = this.behind(of, over(gone));
    if (!made) return null;
    const areOfClasses =
      made.form === 'probabilities' && made.closers.every(({ type }) => type === 'Softmax');
    return { ...made, form: areOfClasses ? 'logarithms' : 'another function' };
  }

  /**
   * Any function of probabilities and of numbers of the code; what holds more numbers than one has weights, and what has graphs
   * of its own may.
   */
  #function({ inputs, attributes }: Node, gone: GoneAxes): Made | null {
    if ([...attributes.values()].some(({ kind }) => kind === 'unsupported')) return null;
    const parts: Made[] = [];
    for (const input of inputs) {
      const constant = input === '' ? null : this.#numbers.tensor(input);
      if (constant && floatTypes.has(constant.type) && elementCount(constant.dims) > 1) return null;
      if (constant || input === '') continue;
      const part = this.behind(input, over(gone));
      if (!part) return null;
      parts.push(part);
    }
    return { ...together(parts), form: 'another function' };
  }

  /** What the output is of an operand of arithmetic whose other operand is a constant. */
  #before({ scale, shift, gone }: Affine, type: Arithmetic, name: string): Affine {
    const number = this.#numbers.number(name) ?? Number.NaN;
    switch (type) {
      case 'Mul':
        return { scale: scale * number, shift, gone };
      case 'Div':
        return { scale: scale / number, shift, gone };
      default:
        // Of a constant minus a value only the sign differs, which leaves a range from −1 to 1 what it is.
        return { scale, shift: shift + scale * number * (type === 'Sub' ? -1 : 1), gone };
    }
  }

  #closer(node: Node, output: Affine): Closer | null {
    const [first = '', second = ''] = node.inputs;
    switch (node.type) {
      case 'Softmax':
        return areGone(this.#axesOfSoftmax(node), output.gone)
          ? null
          : { node, type: 'Softmax', logits: first };
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

  /** Before operator set 13 it is over all axes behind one, of which their number is not known. */
  #axesOfSoftmax(node: Node): readonly number[] | null {
    return (node.opset ?? this.opset) < 13 ? null : [intAttribute(node, 'axis', -1)];
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
  #clipped(node: Node, { scale, shift }: Affine): Made | null {
    const bound = (slot: number, key: string): number =>
      node.inputs[slot]
        ? (this.#numbers.number(node.inputs[slot] ?? '') ?? Number.NaN)
        : floatAttribute(node, key, Number.NaN);
    const [low, high] = [bound(1, 'min'), bound(2, 'max')].map((value) => scale * value + shift);
    if (low === undefined || high === undefined || Math.abs(low) > 1e-6 || !isNear(high, 1)) return null;
    return probabilitiesOf({ node, type: 'Sigmoid', logits: node.inputs[0] ?? '' });
  }

  /** Exponentials, or probabilities, over their sum: a softmax of several nodes. */
  #normalized(node: Node, gone: GoneAxes): Made | null {
    if (node.type !== 'Mul' && node.type !== 'Div') return null;
    for (const [value, by] of [node.inputs, node.inputs.toReversed()]) {
      const inverse = node.type === 'Mul' ? this.#made(by ?? '') : undefined;
      const divisor =
        node.type === 'Div' ? by : inverse?.type === 'Reciprocal' ? inverse.inputs[0] : undefined;
      const sum = value !== undefined && divisor !== undefined ? this.#sumOf(divisor, value) : null;
      if (sum && value !== undefined && areGone(axesOfReduction(sum, this.#numbers), gone)) return null;
      if (sum && value !== undefined) {
        const exponential = this.#made(value);
        if (exponential?.type !== 'Exp')
          return (
            this.behind(value, over(gone)) ??
            (this.#isPositive(value) && wholes.has(sum.type)
              ? probabilitiesOf({ node, type: 'Softmax', logits: value, arePositive: true })
              : null)
          );
        return probabilitiesOf({
          node,
          type: 'Softmax',
          logits: this.#unshifted(exponential.inputs[0] ?? ''),
        });
      }
      if (node.type === 'Div') return null;
    }
    return null;
  }

  /** Whether it is made so that no number is negative: evidence, of which an evidential network's probabilities are shares. */
  #isPositive(name: string): boolean {
    const node = this.#made(name);
    if (node?.type !== 'Add') return node !== undefined && positive.has(node.type);
    return node.inputs.every((input) => (this.#numbers.number(input) ?? -1) >= 0 || this.#isPositive(input));
  }

  /** The node that sums up a value, or takes its largest number, and whose result another value is made of alone. */
  #sumOf(name: string, value: string): Node | null {
    let node = this.#made(name);
    for (let steps = 0; node && ofSum.has(node.type) && steps < mostSteps; steps++)
      node = node.inputs.map((input) => this.#made(input)).find((made) => made !== undefined);
    return node !== undefined && sums.has(node.type) && node.inputs[0] === value ? node : null;
  }

  /** What the largest was taken off, before exponentials. */
  #unshifted(name: string): string {
    const node = this.#made(name);
    const [value = '', largest = ''] = node?.inputs ?? [];
    return node?.type === 'Sub' && this.#sumOf(largest, value) ? value : name;
  }
}

const probabilitiesOf = (closer: Closer): Made => ({ closers: [closer], form: 'probabilities' });

/** Values of one form, or of several. */
function together(parts: readonly Made[]): Made {
  const closers = new Map(parts.flatMap((part) => part.closers).map((closer) => [closer.node, closer]));
  const forms = new Set(parts.filter((part) => part.closers.length > 0).map(({ form }) => form));
  const [form = 'another function', another] = forms;
  return { closers: [...closers.values()], form: another === undefined ? form : 'another function' };
}

const isNear = (one: number, other: number): boolean => Math.abs(one - other) <= 1e-6 * Math.abs(other);
