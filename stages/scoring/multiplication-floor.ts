import type { ParameterOptions, ParameterUse } from '../differentiation/parameter.js';
import { decideParameters } from '../differentiation/parameters.js';
import type { TapeStep } from '../differentiation/recorder.js';
import { record, type Tape } from '../differentiation/tape.js';
import { GraphBuilder } from '../graph/builder.js';
import { elementsPerImage, type Shape, sizeOf } from '../graph/shape.js';
import { intAttribute } from '../import/attributes.js';
import { findClassifier } from '../import/classifier.js';
import type { Model } from '../onnx/model.js';
import { valueAt } from '../operations/operands.js';
import type { NodeContext, ParameterRole } from '../operations/operation.js';
import { readWindow } from '../operations/window.js';
import { describeModel } from './describe-model.js';
import { imageInput } from './graph-parts.js';

/** The multiplications that no way of computing a score saves, as multiples of one forward pass. */
export interface MultiplicationFloor {
  /** Multiplications of one forward pass of one image. */
  readonly forward: number;
  /** Squared norms of all weight gradients in θ, each layer by its cheapest form. */
  readonly norms: number;
  /** Forward and input gradient: 2. */
  readonly perturbation: number;
  /** Forward, cotangents of all activations that a parameter has a part in, and norms. */
  readonly scoring: number;
  /** Perturbation and scoring. */
  readonly whole: number;
  /** Forward, cotangents as for scoring, and all weight gradients of θ. */
  readonly training: number;
}

/**
 * Counts what a score of a model needs at least. A backward pass through a layer costs what its forward pass does; the
 * norm of a weight gradient that is a sum over P positions costs the cheapest of the product itself, the Gram form and,
 * for a kernel of stride 1, the Gram form whose Gram matrix is summed from shifted blocks of one over padded positions.
 * Scales, shifts and biases are left out: they cost one multiplication an element.
 * @throws ModelError when the model can't be read as a classifier, or has an operation without a rule
 */
export function multiplicationFloor(model: Model, options: ParameterOptions = {}): MultiplicationFloor {
  const forward = describeModel(model).multiplications;
  const classifier = findClassifier(model);
  const b = new GraphBuilder(1);
  const tape = record(b, model, classifier, imageInput(b, classifier));
  const scored = decideParameters(tape, options).parameters.filter((parameter) => parameter.scored);
  const allUses = scored.flatMap(({ uses }) => uses);
  const norms = scored.reduce((total, { uses }) => {
    // The gradients of a tied parameter add up before the norm is taken: each has to be there.
    const forms = uses.length > 1 ? 'product' : 'any';
    return total + uses.reduce((sum, use) => sum + normMultiplications(use, forms), 0);
  }, 0);
  const gradients = allUses.reduce((sum, use) => sum + normMultiplications(use, 'product'), 0);
  const backward = 2 * forward - needlessBackward(tape, allUses);
  const scoring = backward + norms;
  return {
    forward,
    norms: norms / forward,
    perturbation: 2,
    scoring: scoring / forward,
    whole: 2 + scoring / forward,
    training: (backward + gradients) / forward,
  };
}

/** Multiplications of the cotangents that lead to no parameter: the image's, and those before the first in θ. */
function needlessBackward(tape: Tape, uses: readonly ParameterUse[]): number {
  const weighted = new Set(uses.map(({ step }) => step));
  const active = new Set<string>();
  let needless = 0;
  for (const step of tape.steps) {
    const reached = step.context.operands.some(
      (operand) => operand?.kind === 'activation' && active.has(operand.value.name),
    );
    const slot = step.operation.slots?.[1];
    if (!reached && slot && 'parameter' in slot) {
      const factors = factorsOf(step, slot.parameter);
      if (factors) needless += productForms(factors).direct;
    }
    if (reached || weighted.has(step)) for (const output of step.outputs) active.add(output.name);
  }
  return needless;
}

function normMultiplications(use: ParameterUse, forms: 'any' | 'product'): number {
  const factors = factorsOf(use.step, use.role);
  if (factors === null) return 0;
  return forms === 'product' ? productForms(factors).direct : cheapestNorm(factors);
}

/** A weight gradient Σ over positions of A·Bᵀ for each group: A [left, P], B [right, P]. */
export interface GradientFactors {
  readonly groups: number;
  /** Rows of A in one group: channels of the cotangent. */
  readonly left: number;
  /** Rows of B in one group: channels of the input times elements of the kernel. */
  readonly right: number;
  /** P */
  readonly positions: number;
  /** Where the kernel moves by single pixels over more than one: what it moves over. */
  readonly shifts: { readonly channels: number; readonly paddedPositions: number } | null;
}

/** Multiplications of ‖A·Bᵀ‖² over all groups by the cheapest form. */
export function cheapestNorm(factors: GradientFactors): number {
  return Math.min(...Object.values(productForms(factors)));
}

function productForms({ groups, left, right, positions, shifts }: GradientFactors) {
  const never = Number.POSITIVE_INFINITY;
  return {
    rankOne: positions === 1 ? groups * (left + right) : never,
    direct: groups * left * right * positions,
    gram: positions ** 2 * groups * (left + right),
    shiftedGram: shifts
      ? shifts.paddedPositions ** 2 * shifts.channels + positions ** 2 * groups * left
      : never,
  };
}

/** Null for an operation that only scales or shifts. */
function factorsOf(step: TapeStep, role: ParameterRole): GradientFactors | null {
  const [output] = step.outputs;
  if (output === undefined || step.context.operands[1]?.kind !== 'constant') return null;
  if (role === 'convolution-weight') return convolutionFactors(step.context, output.shape);
  if (role !== 'linear-weight') return null;
  const { shape } = valueAt(step.context, 0);
  const [left, right] = [lastOf(output.shape), lastOf(shape)];
  return { groups: 1, left, right, positions: elementsPerImage(shape) / right, shifts: null };
}

function convolutionFactors(context: NodeContext, output: Shape): GradientFactors {
  const { shape } = valueAt(context, 0);
  const { kernel, strides, pads } = readWindow(
    context.node,
    shape,
    valueAt(context, 1).shape.map(Number).slice(2),
  );
  const groups = intAttribute(context.node, 'group', 1);
  const channels = sizeOf(shape, 1);
  const elements = kernel[0] * kernel[1];
  const [top, leftPad, bottom, rightPad] = pads;
  const paddedPositions = (sizeOf(shape, 2) + top + bottom) * (sizeOf(shape, 3) + leftPad + rightPad);
  return {
    groups,
    left: sizeOf(output, 1) / groups,
    right: (channels / groups) * elements,
    positions: sizeOf(output, 2) * sizeOf(output, 3),
    shifts: elements > 1 && strides.every((stride) => stride === 1) ? { channels, paddedPositions } : null,
  };
}

const lastOf = (shape: Shape): number => sizeOf(shape, shape.length - 1);
