import type { Value } from '../graph/builder.js';
import { elementCount, type Tensor } from '../onnx/model.js';
import type { BatchAxis } from './batch-axis.js';
import type { Size } from './sizes.js';

/** What was done to a tensor of the file before its use, the last change first. */
export interface View {
  /** The shape before it. */
  readonly dims: readonly number[];
  /** The order that its axes were brought into, or null for another shape of the same elements. */
  readonly order: readonly number[] | null;
  /** What was done before. */
  readonly before: View | null;
}

/** Where a constant comes from, so that its gradient can be counted as that of the tensor the file declares. */
export interface Origin {
  /** Name of the initialiser, of the Constant node's output, or of the Identity's output that copied one. */
  readonly name: string;
  readonly declared: 'initializer' | 'constant node' | 'identity copy' | 'equal copy' | 'filled';
  /** Whether the file's exporter says by the name that it is part of a module's state. */
  readonly isState?: boolean;
  /** Whether the file's exporter writes so what the code of a network holds, and no parameter. */
  readonly isCode?: boolean;
  /** Shape as declared. */
  readonly dims: readonly number[];
  /** From the declared tensor to the one that is used; null where it is the same. */
  readonly view: View | null;
}

/** A tensor that is known before any image is. */
export interface Constant {
  readonly kind: 'constant';
  readonly tensor: Tensor;
  readonly origin: Origin | null;
}

/** A tensor that the graph computes. */
export interface Activation {
  readonly kind: 'activation';
  /** [N, …one image's part], or [1, …] where no image has a part in it: it is made of constants alone. */
  readonly value: Value;
  /** Where the model has the images; null where none of its axes holds them. */
  readonly batch: BatchAxis | null;
}

/** What one name of the imported graph stands for. */
export type Operand =
  | Activation
  | Constant
  /** A shape under computation (int64 vector, or scalar); may hold the batch size. */
  | { readonly kind: 'sizes'; readonly sizes: readonly Size[]; readonly scalar: boolean };

/** Sizes of a shape under computation, at most: longer vectors of integers are no shapes. */
export const longestShape = 1024;

/** @throws RangeError for more sizes than any shape has */
export function requireShapeLength(length: number): void {
  if (length > longestShape)
    throw new RangeError(
      `a shape of ${length} sizes is computed, more than the ${longestShape} that any has`,
    );
}

/** The elements of a scalar or short vector of integers or truth values, or null for anything else. */
export function sizesOf(operand: Operand): readonly Size[] | null {
  if (operand.kind === 'sizes') return operand.sizes;
  if (operand.kind !== 'constant' || operand.tensor.dims.length > 1) return null;
  const { tensor } = operand;
  if (elementCount(tensor.dims) > longestShape) return null;
  switch (tensor.type) {
    case 'int64':
      return Array.from(tensor.data, Number);
    case 'int32':
      return Array.from(new Int32Array(tensor.data.slice().buffer));
    case 'bool':
      return Array.from(tensor.data, Number);
    default:
      return null;
  }
}

/** Integers as graphs compute shapes with them: truth values are 0 and 1. */
export interface Integers {
  readonly sizes: readonly Size[];
  /** Whether they are one number without axes. */
  readonly scalar: boolean;
}

/** The integers that an operand is, or null for anything else. */
export function integersOf(operand: Operand | null | undefined): Integers | null {
  const sizes = operand ? sizesOf(operand) : null;
  if (!operand || operand.kind === 'activation' || !sizes) return null;
  return { sizes, scalar: operand.kind === 'sizes' ? operand.scalar : operand.tensor.dims.length === 0 };
}

export function ofIntegers(integers: Integers): Operand {
  return { kind: 'sizes', ...integers };
}
