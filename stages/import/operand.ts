import type { GraphBuilder, Value } from '../graph/builder.js';
import type { Dim } from '../graph/shape.js';
import type { Tensor } from '../onnx/model.js';

/** Where a constant comes from, so that its gradient can be counted as that of the tensor the file declares. */
export interface Origin {
  /** Name of the initialiser, of the Constant node's output, or of the Identity's output that copied one. */
  readonly name: string;
  readonly declared: 'initializer' | 'constant node' | 'identity copy';
  /** Shape as declared. */
  readonly dims: readonly number[];
  /** Brings a per-image gradient [N, …] of the tensor as used into the declared tensor's shape. */
  readonly toDeclared: (b: GraphBuilder, gradient: Value) => Value;
}

/** What one name of the imported graph stands for. */
export type Operand =
  | { readonly kind: 'activation'; readonly value: Value }
  | { readonly kind: 'constant'; readonly tensor: Tensor; readonly origin: Origin | null }
  /** A shape under computation (int64 vector, or scalar); may hold the batch size. */
  | { readonly kind: 'sizes'; readonly sizes: readonly Dim[]; readonly scalar: boolean };

/** The elements of an int64 scalar or vector, or null for anything else. */
export function sizesOf(operand: Operand): readonly Dim[] | null {
  if (operand.kind === 'sizes') return operand.sizes;
  if (operand.kind === 'constant' && operand.tensor.type === 'int64' && operand.tensor.dims.length <= 1)
    return Array.from(operand.tensor.data, Number);
  return null;
}
