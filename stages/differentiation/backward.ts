import { ModelError } from '../errors.js';
import { sum } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { concat, joinedParts, reshape } from '../graph/layout.js';
import { squaredNormPerImage, zerosPerImage } from '../graph/reduction.js';
import { elementsPerImage, formatShape, sameShape } from '../graph/shape.js';
import { addTo } from '../grouped.js';
import { attributed } from '../import/attributed.js';
import { toDeclared } from '../import/views.js';
import { batchSum } from '../lowerings/batch-gradient.js';
import type { Lowerings } from '../lowerings/lowerings.js';
import { readersOf } from '../onnx/wiring.js';
import type { BackwardContext, ParameterGradient } from '../operations/operation.js';
import type { Parameter, ParameterUse } from './parameter.js';
import type { TapeStep } from './recorder.js';
import { type Tape, wiredSteps } from './tape.js';

/** What to differentiate with respect to. */
export interface Targets {
  /** The image, or null where its gradient is not wanted. */
  readonly image: Value | null;
  readonly parameters: readonly Parameter[];
  /** Whether the norms of vectors are of each alone, or of all in one. */
  readonly vectorNorms: Lowerings['vectorNorms'];
}

export interface Gradients {
  /** Jₓᵀv, [N, C, H, W]. */
  readonly image: Value | null;
  /** ‖∂⟨v, h⟩/∂θ_i‖² per image, [N], of each parameter or of several together. */
  readonly squaredNorms: readonly Value[];
  /** Those of a parameter alone; not of one that no output depends on. */
  readonly normOf: ReadonlyMap<Parameter, Value>;
}

/**
 * Emits the backward pass: reverse accumulation of ⟨v, h⟩ over the tape.
 * @param cotangent v, [N, K]
 */
export function backpropagate(b: GraphBuilder, tape: Tape, cotangent: Value, targets: Targets): Gradients {
  const { image, gradients } = accumulate(b, tape, cotangent, targets);
  return { image, ...b.inSingle(() => squaredNormsOf(b, targets, gradients)) };
}

/**
 * Emits the backward pass of training: the gradient of Σ ⟨v, h⟩ over the batch in each parameter that the logits depend on, of
 * the shape of the tensor as it is used; or, of one that is used several times, as the file declares it.
 * @param cotangent v, [N, K]
 */
export function batchGradients(
  b: GraphBuilder,
  tape: Tape,
  cotangent: Value,
  parameters: readonly Parameter[],
): ReadonlyMap<Parameter, Value> {
  const { gradients } = accumulate(b, tape, cotangent, { image: null, parameters });
  const summed = new Map<Parameter, Value>();
  for (const parameter of parameters) {
    const value = b.inSingle(() => batchGradient(b, parameter, gradients));
    if (value) summed.set(parameter, value);
  }
  return summed;
}

/** Reverse accumulation; gradients in parameters are emitted by who asks for them. */
function accumulate(
  b: GraphBuilder,
  tape: Tape,
  cotangent: Value,
  targets: Pick<Targets, 'image' | 'parameters'>,
): { readonly image: Value | null; readonly gradients: ReadonlyMap<ParameterUse, ParameterGradient> } {
  const uses = usesByStep(targets.parameters);
  const active = activeValues(tape, targets.image, uses);
  const cotangents = new Map<string, Value[]>([[tape.logits.name, [cotangent]]]);
  const gradients = new Map<ParameterUse, ParameterGradient>();
  const gates = gateOutputs(tape);

  for (const step of tape.steps.toReversed()) {
    const [output] = step.outputs;
    const arrived = output && isNewValue(step, output) ? cotangents.get(output.name) : undefined;
    if (!output || !arrived || !active.has(output.name)) continue;
    cotangents.delete(output.name);
    const inItsPrecision = <T>(part: () => T): T => (step.single ? b.inSingle(part) : part());
    const context: BackwardContext = {
      ...step.context,
      outputs: step.outputs,
      cotangent: inItsPrecision(() => joinedParts(b, arrived) ?? sum(b, arrived)),
      gated: gates.get(output.name) ?? output,
      zeros: () => zerosPerImage(b, tape.logits, 4),
    };
    attributed(step.context.node, () => {
      step.context.operands.forEach((operand, slot) => {
        if (operand?.kind !== 'activation' || !active.has(operand.value.name)) return;
        const contribution = inItsPrecision(() => step.operation.backward(context, slot));
        requireShapeOf(operand.value, contribution);
        addTo(cotangents, operand.value.name, contribution);
      });
      for (const use of uses.get(step) ?? []) {
        const gradient = b.inSingle(() => step.operation.parameter?.(context, use.slot));
        if (!gradient) throw new ModelError(`no rule for the gradient in input ${use.slot}`);
        gradients.set(use, gradient);
      }
    });
  }

  const image = targets.image && cotangents.get(targets.image.name);
  return { image: image ? sum(b, image) : null, gradients };
}

/** What arrives at a value has its shape with N in front, also where the value is the same for all images. */
function requireShapeOf({ shape }: Value, cotangent: Value): void {
  if (!sameShape(cotangent.shape, ['N', ...shape.slice(1)]))
    throw new ModelError(
      `the derivative of an input of shape ${formatShape(shape)} came out as ${formatShape(cotangent.shape)}, which is not supported`,
    );
}

/** Operations that change nothing (Identity, Dropout) hand on their input's value and have no step of their own. */
function isNewValue(step: TapeStep, output: Value): boolean {
  return !step.context.operands.some(
    (operand) => operand?.kind === 'activation' && operand.value.name === output.name,
  );
}

/** For each value that one gate alone reads, the gate's output: where the cotangent passes the gate, the two are equal. */
function gateOutputs(tape: Tape): Map<string, Value> {
  return new Map(
    [...readersOf(wiredSteps(tape))].flatMap(([name, [only, another]]) => {
      const output =
        only?.step.operation.gate && !another && name !== tape.logits.name ? only.step.outputs[0] : undefined;
      return output ? [[name, output] as const] : [];
    }),
  );
}

function usesByStep(parameters: readonly Parameter[]): Map<TapeStep, ParameterUse[]> {
  const uses = new Map<TapeStep, ParameterUse[]>();
  for (const use of parameters.flatMap((parameter) => parameter.uses)) addTo(uses, use.step, use);
  return uses;
}

/** The values that the image or a parameter of θ has a part in, and a gradient by: only these need a cotangent. */
function activeValues(
  tape: Tape,
  image: Value | null,
  uses: ReadonlyMap<TapeStep, readonly ParameterUse[]>,
): Set<string> {
  const active = new Set<string>(image ? [image.name] : []);
  for (const step of tape.steps) {
    if (step.operation.piecewiseConstant) continue;
    const reached =
      uses.has(step) ||
      step.context.operands.some(
        (operand) => operand?.kind === 'activation' && active.has(operand.value.name),
      );
    if (reached) for (const output of step.outputs) active.add(output.name);
  }
  return active;
}

function squaredNormsOf(
  b: GraphBuilder,
  { parameters, vectorNorms }: Targets,
  gradients: ReadonlyMap<ParameterUse, ParameterGradient>,
): Pick<Gradients, 'squaredNorms' | 'normOf'> {
  const isVector = ({ dims, uses }: Parameter): boolean =>
    vectorNorms === 'together' && dims.length <= 1 && uses.length === 1;
  const normOf = new Map<Parameter, Value>();
  for (const parameter of parameters) {
    const norm = isVector(parameter) ? null : squaredNorm(b, parameter, gradients);
    if (norm) normOf.set(parameter, norm);
  }
  const vectors = parameters.filter(isVector).flatMap(({ uses }) =>
    uses.flatMap((use) => {
      const gradient = gradients.get(use);
      if (!gradient) return [];
      const value = attributed(use.step.context.node, () => gradient.gradient());
      return [reshape(b, value, ['N', elementsPerImage(value.shape)])];
    }),
  );
  const together = vectors.length === 0 ? [] : [squaredNormPerImage(b, concat(b, vectors, 1))];
  return { squaredNorms: [...together, ...normOf.values()], normOf };
}

function squaredNorm(
  b: GraphBuilder,
  parameter: Parameter,
  gradients: ReadonlyMap<ParameterUse, ParameterGradient>,
): Value | null {
  const parts = partsOf(parameter, gradients);
  const [only, second] = parts;
  if (!only) return null;
  if (!second) return attributed(only.use.step.context.node, () => only.gradient.squaredNorm());
  return squaredNormPerImage(b, declaredSum(b, parts));
}

function batchGradient(
  b: GraphBuilder,
  parameter: Parameter,
  gradients: ReadonlyMap<ParameterUse, ParameterGradient>,
): Value | null {
  const parts = partsOf(parameter, gradients);
  const [only, second] = parts;
  if (!only) return null;
  if (second) return batchSum(b, declaredSum(b, parts));
  const { use, gradient } = only;
  return attributed(
    use.step.context.node,
    () => gradient.batchGradient?.() ?? batchSum(b, gradient.gradient()),
  );
}

/** The gradient of one use of a parameter. */
interface UsedGradient {
  readonly use: ParameterUse;
  readonly gradient: ParameterGradient;
}

function partsOf(
  { uses }: Parameter,
  gradients: ReadonlyMap<ParameterUse, ParameterGradient>,
): readonly UsedGradient[] {
  return uses.flatMap((use) => {
    const gradient = gradients.get(use);
    return gradient ? [{ use, gradient }] : [];
  });
}

/** The gradient of each image in a parameter that is used several times, [N, …]. */
function declaredSum(b: GraphBuilder, parts: readonly UsedGradient[]): Value {
  return sum(
    b,
    parts.map(({ use, gradient }) =>
      attributed(use.step.context.node, () => toDeclared(b, use.origin, gradient.gradient())),
    ),
  );
}
