import type { Batching } from '../batching/batching.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import type { Operand } from '../import/operand.js';
import type { Lowerings } from '../lowerings/lowerings.js';
import type { Node } from '../onnx/model.js';

/** What a constant in an input slot is to the network. */
export type ParameterRole =
  | 'convolution-weight'
  | 'convolution-bias'
  | 'linear-weight'
  | 'linear-bias'
  | 'scale'
  | 'shift'
  /** What something is made of before it meets the image: a class token, a table, a scale of logits. */
  | 'tensor';

/** A slot holds a parameter, or a statistic that is constant in evaluation mode. */
export type SlotRole = { readonly parameter: ParameterRole } | { readonly statistic: string };

/** One node being translated. */
export interface NodeContext {
  readonly builder: GraphBuilder;
  readonly node: Node;
  /** Operator set of the imported model: decides what the node's attributes mean. */
  readonly opset: number;
  /** The images, [N, C, H, W]: what has an entry for each of them can be made of it. */
  readonly images: Value;
  /** Per input slot; null where it is left out. */
  readonly operands: readonly (Operand | null)[];
  /** Which of several equal forms to emit. */
  readonly lowerings: Lowerings;
}

/** One node being differentiated: its inputs and outputs as emitted, and the cotangents of its outputs. */
export interface BackwardContext extends NodeContext {
  readonly outputs: readonly Value[];
  /** ∂⟨v, h⟩/∂output of the first output, of the output's shape. */
  readonly cotangent: Value;
  /**
   * A value that equals the first output wherever the cotangent is not 0: the output itself, or that of the gate that
   * alone reads it.
   */
  readonly gated: Value;
  /** Zeros [N, 1, 1, 1] that are not known before any image is. */
  readonly zeros: () => Value;
}

/** The gradient of ⟨v, h⟩ in one parameter slot, per image. Both forms are emitted only when called. */
export interface ParameterGradient {
  /** ‖gradient‖² of each image, [N], by the cheapest form. */
  squaredNorm(): Value;
  /** The gradient itself, [N, …shape of the tensor in the slot]: for tied parameters, whose gradients add up. */
  gradient(): Value;
  /**
   * Its sum over the batch, of the shape of the tensor in the slot: what training takes. Where it is left out, the sum of
   * `gradient`.
   */
  batchGradient?(): Value;
}

/**
 * All that grodin knows of one ONNX operation. To add one, write a file like the others in this folder, with its
 * test, and list it in `registry.ts`.
 */
export interface Operation {
  /** ONNX `op_type`. */
  readonly type: string;
  /** Inputs, at least and at most; the first of them must be there. */
  readonly inputs: readonly [least: number, most: number];
  /** Outputs, at most; 1 when left out. */
  readonly outputs?: number;
  /** The inputs that it computes with, the others being settings: the first one when left out. */
  readonly data?: 'all';
  /** How it works on one image's part wherever the model has the images; only along the first axis when left out. */
  readonly batching?: Batching;
  /** Slots that hold parameters or statistics when they are fed by a constant. */
  readonly slots?: Readonly<Record<number, SlotRole>>;
  /** The most axes that a constant in a parameter slot has; one with more is computed with like an activation. */
  readonly mostConstantAxes?: number;
  /** Parameter slots whose constants are literals unless their names are a module's: bounds, exponents. */
  readonly settings?: readonly number[];
  /** Whether a constant of one element is a literal in the code, although the operation is weighted. */
  readonly oneElementIsLiteral?: boolean;
  /** Whether a scale of ones and a shift of zeros say that it has none. */
  readonly neutralIsLiteral?: boolean;
  /** What its constants are unless they are said to be trainable. */
  readonly literal?: string;
  /** Why its constants, which are taken for parameters, may be none. */
  readonly doubt?: string;
  /** What a constant is that a following Add puts on this operation's output; a shift when left out. */
  readonly addend?: ParameterRole;
  /** Whether its derivative is 1 where the output equals the input and 0 elsewhere. */
  readonly gate?: boolean;
  /** Whether its derivative is 0 wherever it has one: nothing is passed back to what it reads. */
  readonly piecewiseConstant?: boolean;
  /** Whether it gives truth values. */
  readonly truths?: boolean;
  /** Whether what follows sees weighted features: an Add or Mul by a constant before it is input normalisation. */
  readonly weighted?: boolean;
  /**
   * Emits the operation in the operator set that grodin writes.
   * @returns the outputs
   * @throws RangeError or ModelError, without naming the node, for what is not supported
   */
  forward(context: NodeContext): Value[];
  /**
   * The vector-Jacobian product: the cotangent of the activation in `slot`, of that activation's shape with N in front,
   * also where the activation is the same for all images, [1, …].
   */
  backward(context: BackwardContext, slot: number): Value;
  /** The gradient in a parameter slot. */
  parameter?(context: BackwardContext, slot: number): ParameterGradient;
}
