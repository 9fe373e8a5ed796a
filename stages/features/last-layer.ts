import type { TapeStep } from '../differentiation/recorder.js';
import { ModelError } from '../errors.js';
import type { Value } from '../graph/builder.js';
import { elementsPerImage, formatShape, sizeOf } from '../graph/shape.js';
import { floatAttribute, intAttribute } from '../import/attributes.js';
import { geometry } from '../operations/conv.js';
import { normalizedConvolution } from '../operations/normalized-convolution.js';
import { valueAt } from '../operations/operands.js';
import type { NodeContext } from '../operations/operation.js';
import type { FeatureForm, LinearHead } from './linear-head.js';
import { asRows, beforeNormalization } from './normalization.js';
import {
  asBias,
  classesOf,
  type FloatConstant,
  floatConstant,
  type Reached,
  timesFactors,
} from './reached.js';

/**
 * The head that a step is the last layer of, or null where the step has no weights of a layer.
 * @param at what it made
 * @throws ModelError, without naming the node, where the logits are no linear function of one vector that it reads
 */
export function lastLayer(step: TapeStep, at: Reached): LinearHead | null {
  switch (step.operation.type) {
    case 'Gemm':
      return ofGemm(step, at);
    case 'MatMul':
      return ofMatMul(step, at);
    case 'Conv':
      return ofConvolution(step, at);
    case normalizedConvolution.type:
      return ofConvolution(step, beforeNormalization(step.context, at, at.value, 3));
    default:
      return null;
  }
}

function ofGemm(step: TapeStep, at: Reached): LinearHead {
  const { context } = step;
  const { node } = context;
  const [alpha, beta] = [floatAttribute(node, 'alpha', 1), floatAttribute(node, 'beta', 1)];
  const byFeature = intAttribute(node, 'transB', 0) === 0;
  const head = linear(
    step,
    at,
    weightOf(context),
    byFeature,
    timesFactors(at, () => alpha),
  );
  return withBias(head, context, at, beta);
}

function ofMatMul(step: TapeStep, at: Reached): LinearHead {
  const [, right] = step.context.operands;
  if (right?.kind === 'activation' && right.value.shape[0] === 'N')
    throw new ModelError(
      'what it multiplies by from the right is computed of the image; the head is only found where features are on the left and weights on the right',
    );
  if (right?.kind === 'activation') throw noMatrix(right.value);
  return linear(step, at, weightOf(step.context), true, at.factors);
}

/** What to say of weights that the graph computes with as with values: such as it makes, or of more axes than a matrix. */
function noMatrix({ shape }: Value): ModelError {
  const matrices = elementsPerImage(shape.slice(1, -2));
  if (matrices > 1)
    return new ModelError(
      `its weights are ${matrices} matrices ${formatShape(shape.slice(1))}, one for each group of what it reads: each class has features of its own group`,
    );
  return new ModelError(
    'its weights are computed in the graph, or have more axes than a matrix, not a matrix of the file',
  );
}

function linear(
  step: TapeStep,
  at: Reached,
  constant: FloatConstant,
  byFeature: boolean,
  factors: Float64Array,
): LinearHead {
  const input = valueAt(step.context, 0);
  const axis = input.shape.length - 1;
  if (at.axis !== at.value.shape.length - 1) throw overPositions(at);
  const size = sizeOf(input.shape, axis);
  return {
    ...{ step, input, form: { kind: 'mean', axis }, classes: classesOf(at), size },
    ...{ weight: { constant, factors, byFeature }, biases: at.biases },
  };
}

/** Kernels of 1×1, the same at every position, or one position of kernels that cover the whole map. */
function ofConvolution(step: TapeStep, at: Reached): LinearHead {
  const { context } = step;
  const input = valueAt(context, 0);
  const constant = weightOf(context);
  const groups = intAttribute(context.node, 'group', 1);
  if (groups !== 1)
    throw new ModelError(`its kernels are in ${groups} groups: each class has features of its own group`);
  if (input.shape.length !== 4)
    throw new ModelError(
      `it is a convolution over ${formatShape(input.shape)}; the head is only found where one is over images [N, C, H, W]`,
    );
  const { window } = geometry(context);
  if (at.axis !== 1) throw overPositions(at);
  const isUnpadded = window.pads.every((size) => size === 0);
  const isWhole = window.kernel.every((size, axis) => size === sizeOf(input.shape, axis + 2));
  const isPointwise = [...window.kernel, ...window.strides].every((size) => size === 1);
  if (!isUnpadded || !(isWhole || isPointwise))
    throw new ModelError(
      `its kernels of ${window.kernel.join('×')} (strides ${window.strides}, pads ${window.pads}) see parts of a map of ${formatShape(input.shape)}; the head is only found where they are of 1×1 and stride 1, or cover the whole map`,
    );
  const form: FeatureForm = isPointwise ? { kind: 'mean', axis: 1 } : { kind: 'flattened' };
  const size = isPointwise ? sizeOf(input.shape, 1) : elementsPerImage(input.shape);
  const head: LinearHead = {
    ...{ step, input, form, classes: classesOf(at), size },
    ...{ weight: { constant, factors: at.factors, byFeature: false }, biases: at.biases },
  };
  return withBias(head, context, at, 1);
}

function withBias(head: LinearHead, context: NodeContext, at: Reached, times: number): LinearHead {
  if (!context.operands[2]) return head;
  const bias = floatConstant(context.operands[2], 'its bias is');
  // A bias of a convolution is one of channels, [K]; as such it is a constant of positions for whoever broadcasts it.
  return { ...head, biases: [...head.biases, asBias(bias, asRows(at), times)] };
}

const weightOf = ({ operands }: NodeContext): FloatConstant => floatConstant(operands[1], 'its weights are');

const overPositions = ({ value }: Reached): ModelError =>
  new ModelError(
    `the classes of ${formatShape(value.shape)} lie along an axis of positions: each has features of several of them`,
  );
