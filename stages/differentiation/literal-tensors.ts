import type { Constant } from '../import/operand.js';
import { elementCount, type FloatTensor } from '../onnx/model.js';
import { readersOf } from '../onnx/wiring.js';
import { leaf } from '../operations/leaf.js';
import { rotationTable } from '../operations/multiplications.js';
import type { Operation } from '../operations/operation.js';
import { exporterHabit } from './exporter-habits.js';
import { isMask, softmaxFollows } from './masks-of-attention.js';
import type { TapeStep } from './recorder.js';
import { isTableOfRotation } from './tables-of-rotations.js';
import { type Tape, wiredSteps } from './tape.js';

/** What a constant in a parameter's place is instead, by how it is used, or null for a parameter. */
export type LiteralReason = (
  step: TapeStep,
  slot: number,
  constant: Constant & { readonly tensor: FloatTensor },
) => string | null;

/** What PyTorch's spectral norms call the directions that they keep: `weight_u`, `parametrizations.weight.0._v`. */
const directionName = /_[uv]$/;

/** What PyTorch calls what a normalisation has counted: buffers wherever they are, as in a FrozenBatchNorm2d. */
const statisticName = /(^|\.)running_(mean|var)$/;

/**
 * Tells numbers that the code of a network has written from those that it has learnt. Layers with weights hold nothing
 * but parameters and statistics; elsewhere it is one number, what normalises the input before the first weights, what an
 * operation says of all its constants, and a mask of attention.
 */
export function literalsOf(tape: Tape): LiteralReason {
  const steps = wiredSteps(tape);
  const readers = readersOf(steps);
  const habit = exporterHabit(tape);
  const meetsSoftmax = softmaxFollows(steps, readers);
  return (step, slot, { tensor, origin }) => {
    const { operation } = step;
    if (statisticName.test(origin?.name ?? '')) return 'a running statistic, as its name says';
    const isOne = elementCount(origin?.dims ?? tensor.dims) === 1;
    const told = origin && habit(origin);
    if (isOne && told !== 'state' && (operation.oneElementIsLiteral || !operation.weighted))
      return 'a literal in the code (one number)';
    if (told !== 'state' && operation.settings?.includes(slot))
      return 'a literal in the code (a bound or an exponent)';
    if (told === 'code') return "a tensor in the code: PyTorch's exporter names parameters";
    const canBeDirection = told !== 'state' || directionName.test(origin?.name ?? '');
    const isOfWeight = origin?.dims.length === 1 && step.outputs[0]?.shape[0] !== 'N';
    if (isOfWeight && canBeDirection && isDirection(tensor))
      return 'a direction that a spectral norm is taken along';
    if (operation.literal !== undefined) return operation.literal;
    if (operation.type === leaf.type && isTableOfRotation(step, readers)) return rotationTable;
    if (operation.type === leaf.type && origin?.declared === 'filled')
      return 'a literal in the code (one number in every place)';
    if (operation.neutralIsLiteral && told !== 'state' && isNeutral(operation, slot, tensor))
      return 'a literal in the code (ones or zeros, which change nothing)';
    if (isBeforeWeights(step) && isOneAChannel(step, tensor))
      return told === 'state' ? namedNormalization : 'input normalisation: no weights before it';
    const isLearntFromIdentity = told === 'state' && isIdentity(tensor);
    if (
      areZerosAndOnes(tensor) &&
      !isLearntFromIdentity &&
      (!operation.weighted || operation.type === leaf.type)
    )
      return 'a mask: zeros and ones';
    if (isMask(tensor) && meetsSoftmax(step)) return 'a mask that is added before a softmax';
    return null;
  };
}

/** What a module's scale or shift of the image is taken for, though it may have been learnt. */
export const namedNormalization =
  'input normalisation: no weights before it, although its name is one in the module';

/** Whether no layer with weights lies between the image and a step. */
export const isBeforeWeights = ({ operation, afterWeights }: TapeStep): boolean =>
  !operation.weighted && !afterWeights;

/** Whether it has a number for each channel of the image, or for each of several parts of one: no prompt is as small. */
function isOneAChannel({ context }: TapeStep, { dims }: FloatTensor): boolean {
  const [size = 1, another] = dims.filter((one) => one !== 1);
  const [channels = 1, ...sides] = context.images.shape.slice(1).map(Number);
  if (another !== undefined) return false;
  return size === 1 || size === channels || (size % channels === 0 && !sides.includes(size));
}

function isNeutral({ slots }: Operation, slot: number, { data }: FloatTensor): boolean {
  const role = slots?.[slot];
  if (role === undefined || !('parameter' in role)) return false;
  const neutral = role.parameter === 'scale' ? 1 : 0;
  return data.every((value) => value === neutral);
}

/** Whether it has length 1: what has been learnt has it by chance only. */
function isDirection({ data }: FloatTensor): boolean {
  const square = data.reduce((sum, value) => sum + value * value, 0);
  return data.length > 1 && Math.abs(square - 1) < 1e-5;
}

/** Both, and nothing else, as what pruning multiplies weights by. */
function areZerosAndOnes({ data }: FloatTensor): boolean {
  return data.every((value) => value === 0 || value === 1) && data.includes(0) && data.includes(1);
}

/** What mixes places or channels may have begun as it: as a mask it would do nothing but pick the diagonal. */
function isIdentity({ dims, data }: FloatTensor): boolean {
  const [rows = 0, columns] = dims.filter((size) => size !== 1);
  return (
    columns === rows &&
    data.length === rows * rows &&
    data.every((value, at) => value === Number(at % (rows + 1) === 0))
  );
}
