import type { TapeStep } from '../differentiation/recorder.js';
import { ModelError } from '../errors.js';
import type { Value } from '../graph/builder.js';
import { elementsPerImage, sameShape, sizeOf } from '../graph/shape.js';
import { intAttribute, intsAttribute } from '../import/attributes.js';
import { channelsAxisOf } from '../operations/channels-axis.js';
import { valueAt } from '../operations/operands.js';
import type { NodeContext } from '../operations/operation.js';
import { reducedAxes } from '../operations/reductions.js';
import { readWindow } from '../operations/window.js';
import { beforeNormalization } from './normalization.js';
import {
  asBias,
  axisBefore,
  byClass,
  type FloatConstant,
  floatConstant,
  type Reached,
  timesFactors,
} from './reached.js';

/** One step back from a value that a node made to the one activation that it read, in a slot. */
type StepBack = (context: NodeContext, at: Reached, read: Value, slot: number) => Reached;

/** What may lie between the last layer and the logits, by operation. */
const stepsBack: ReadonlyMap<string, StepBack> = new Map<string, StepBack>([
  ['Reshape', throughView],
  ['Flatten', throughView],
  ['Squeeze', throughView],
  ['Unsqueeze', throughView],
  [
    'Transpose',
    ({ node }, at, value) => {
      const order = intsAttribute(node, 'perm', [...value.shape.keys()].reverse());
      return { ...at, value, axis: order[at.axis] ?? at.axis };
    },
  ],
  ['Add', throughSum],
  ['Sum', throughSum],
  [
    'Sub',
    (context, at, read, slot) => {
      const bias = asBias(constantIn(context, 1 - slot), at, slot === 0 ? -1 : 1);
      const factors = timesFactors(at, () => (slot === 0 ? 1 : -1));
      return { ...beforeBroadcast(at, read), biases: [...at.biases, bias], factors };
    },
  ],
  [
    'Mul',
    (context, at, read, slot) => {
      const by = byClass(constantIn(context, 1 - slot).tensor, at);
      return { ...beforeBroadcast(at, read), factors: timesFactors(at, (k) => by[k] ?? 0) };
    },
  ],
  [
    'Div',
    (context, at, read, slot) => {
      if (slot !== 0) throw notLinear();
      const by = byClass(constantIn(context, 1).tensor, at);
      return { ...beforeBroadcast(at, read), factors: timesFactors(at, (k) => 1 / (by[k] ?? 0)) };
    },
  ],
  ['Neg', (_context, at, value) => ({ ...at, value, factors: timesFactors(at, () => -1) })],
  ['BatchNormalization', throughNormalization],
  ['GlobalAveragePool', (_context, at, value) => ({ ...at, value })],
  ['ReduceMean', (context, at, value) => ({ ...at, value, axis: axisOfReduced(context, at) })],
  [
    'ReduceSum',
    (context, at, value) => {
      const positions = elementsPerImage(value.shape) / elementsPerImage(at.value.shape);
      const factors = timesFactors(at, () => positions);
      return { ...at, value, axis: axisOfReduced(context, at), factors };
    },
  ],
  [
    'AveragePool',
    ({ node }, at, value) => {
      const { kernel, pads } = readWindow(node, value.shape);
      const isWhole = kernel.every((size, axis) => size === sizeOf(value.shape, axis + 2));
      if (isWhole && pads.every((size) => size === 0)) return { ...at, value };
      throw new ModelError('behind the last layer with weights it pools parts of the map, not all of it');
    },
  ],
]);

/**
 * Goes back over one node.
 * @throws ModelError, without naming the node, where the logits are no linear function of one value that it reads
 */
export function stepBack({ operation, context }: TapeStep, at: Reached): Reached {
  const read = context.operands.flatMap((operand, slot) =>
    operand?.kind === 'activation' ? [{ value: operand.value, slot }] : [],
  );
  const ofImages = read.filter(({ value }) => value.shape[0] === 'N');
  const [only, another] = ofImages;
  if (only && another) throw new ModelError(joined(operation.type));
  const back = stepsBack.get(operation.type);
  if (!back || !only || read.length > 1) throw notLinear();
  return back(context, at, only.value, only.slot);
}

function throughView(_context: NodeContext, at: Reached, value: Value): Reached {
  return { ...at, value, axis: axisBefore(at, value.shape) };
}

/** Back over the addition of constants. */
function throughSum(context: NodeContext, at: Reached, read: Value, slot: number): Reached {
  const added = context.operands.flatMap((operand, index) =>
    operand && index !== slot ? [asBias(constantIn(context, index), at, 1)] : [],
  );
  return { ...beforeBroadcast(at, read), biases: [...at.biases, ...added] };
}

/** Back over a normalisation by running statistics, of channels that are the classes. */
function throughNormalization(context: NodeContext, at: Reached, value: Value): Reached {
  if (channelsAxisOf(context) !== at.axis) throw notLinear();
  return beforeNormalization(context, at, value, 1);
}

/** The operand of an operation that broadcasts; the constant beside it must not have repeated it. */
function beforeBroadcast(at: Reached, value: Value): Reached {
  if (!sameShape(value.shape, at.value.shape)) throw notLinear();
  return { ...at, value };
}

/** The axis of classes before some axes were reduced. */
function axisOfReduced(context: NodeContext, { axis }: Reached): number {
  if (intAttribute(context.node, 'keepdims', 1) !== 0) return axis;
  const reduced = reducedAxes(context);
  const left = valueAt(context, 0).shape.flatMap((_, index) => (reduced.includes(index) ? [] : [index]));
  return left[axis] ?? axis;
}

const constantIn = (context: NodeContext, slot: number): FloatConstant =>
  floatConstant(context.operands[slot], `input ${slot} is`);

const notLinear = (): ModelError =>
  new ModelError(
    'it lies between the last layer with weights and the logits, where only constants that shift and scale, means over all positions and changes of shape are followed',
  );

/** What an operation on two values of an image does to the logits. */
function joined(type: string): string {
  switch (type) {
    case 'Add':
    case 'Sub':
    case 'Sum':
      return 'the logits are a sum of two branches, each with features of its own';
    case 'Concat':
      return 'the logits are put together of two branches, each with features of its own';
    default:
      return 'the logits are computed of two values of the image, each with features of its own';
  }
}
