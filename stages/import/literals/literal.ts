import { elementCount } from '../../onnx/model.js';
import type { FoldingBudget } from '../folding-budget.js';
import { longestShape, type Operand, ofIntegers, sizesOf } from '../operand.js';
import { holdsImages } from '../sizes.js';

/** Numbers that the code of a network computes before any image is: places, masks, coordinates. No parameter is one. */
export interface Literal {
  readonly type: 'float32' | 'int64' | 'bool';
  readonly dims: readonly number[];
  /** Truth values as 0 and 1. */
  readonly data: Float64Array;
}

/** Numbers of a shape, once there is room for them. */
export function literal(
  budget: FoldingBudget,
  type: Literal['type'],
  dims: readonly number[],
  valueAt: (index: number) => number,
): Literal {
  const count = elementCount(dims);
  budget.take(count * Float64Array.BYTES_PER_ELEMENT);
  const rounded = type === 'float32' ? Math.fround : (value: number) => value;
  return { type, dims, data: Float64Array.from({ length: count }, (_, index) => rounded(valueAt(index))) };
}

/**
 * The literal that an operand is, or null: for what is computed from the image, for sizes that depend on the number of
 * images, and for tensors that may be parameters.
 */
export function literalOf(operand: Operand | null, budget: FoldingBudget): Literal | null {
  if (!operand || operand.kind === 'activation') return null;
  if (operand.kind === 'sizes') {
    const { sizes, scalar } = operand;
    if (sizes.some(holdsImages)) return null;
    return literal(budget, 'int64', scalar ? [] : [sizes.length], (index) => Number(sizes[index]));
  }
  const { tensor, origin } = operand;
  const { dims } = tensor;
  const inCode =
    origin === null ||
    origin.isCode === true ||
    origin.declared === 'filled' ||
    (elementCount(dims) === 1 && origin.isState !== true);
  switch (tensor.type) {
    case 'float32':
      return inCode ? literal(budget, 'float32', dims, (index) => tensor.data[index] ?? 0) : null;
    case 'int64':
      return literal(budget, 'int64', dims, (index) => Number(tensor.data[index] ?? 0n));
    case 'bool':
      return literal(budget, 'bool', dims, (index) => tensor.data[index] ?? 0);
    default: {
      const sizes = sizesOf(operand);
      return sizes && literal(budget, 'int64', dims, (index) => Number(sizes[index]));
    }
  }
}

/** What a literal is to the nodes that read it. */
export function operandOf({ type, dims, data }: Literal, budget: FoldingBudget): Operand {
  if (type === 'float32')
    return { kind: 'constant', tensor: { type, dims, data: Float32Array.from(data) }, origin: null };
  if (dims.length < 2 && data.length <= longestShape)
    return ofIntegers({ sizes: Array.from(data), scalar: dims.length === 0 });
  budget.take(data.length * BigInt64Array.BYTES_PER_ELEMENT);
  const integers = BigInt64Array.from(data, (value) => BigInt(Math.trunc(value)));
  return { kind: 'constant', tensor: { type: 'int64', dims, data: integers }, origin: null };
}

/** What one step along each axis is, in elements. */
export function stridesOf(dims: readonly number[]): number[] {
  return dims.map((_, axis) => elementCount(dims.slice(axis + 1)));
}

/** The place of an element along each axis. */
export function placeOf(index: number, dims: readonly number[]): number[] {
  let rest = index;
  return stridesOf(dims).map((stride) => {
    const place = Math.floor(rest / stride);
    rest -= place * stride;
    return place;
  });
}
