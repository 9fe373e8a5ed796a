import { ModelError } from '../errors.js';
import type { Value } from '../graph/builder.js';
import { elementsPerImage, formatShape, type Shape, sizeOf } from '../graph/shape.js';
import type { Constant, Operand } from '../import/operand.js';
import { elementCount, type FloatTensor } from '../onnx/model.js';
import { listed } from '../shown.js';
import type { HeadBias } from './linear-head.js';

/** A value on the way back from the logits, which are a linear function of it, class by class. */
export interface Reached {
  readonly value: Value;
  /** The axis of the value that holds the classes; others than the batch's are positions, over which the logits are means. */
  readonly axis: number;
  /** What each class of the value is multiplied by on its way to the logits, [K]. */
  readonly factors: Float64Array;
  /** What was added on that way. */
  readonly biases: readonly HeadBias[];
}

/** K */
export const classesOf = ({ value, axis }: Reached): number => sizeOf(value.shape, axis);

/** A constant of float32. */
export type FloatConstant = Constant & { readonly tensor: FloatTensor };

/** @throws ModelError, with what was expected to be one, for anything else */
export function floatConstant(operand: Operand | null | undefined, what: string): FloatConstant {
  if (operand?.kind === 'constant' && operand.tensor.type === 'float32')
    return { ...operand, tensor: operand.tensor };
  throw new ModelError(`${what} computed in the graph, not a constant of the file`);
}

/** The number for each class in a constant that broadcasts to a value, [K]. @throws ModelError where positions differ */
export function byClass({ dims, data }: FloatTensor, at: Reached): Float64Array {
  const classes = classesOf(at);
  const size = dims[at.axis - (at.value.shape.length - dims.length)] ?? 1;
  if (elementCount(dims) !== size || (size !== 1 && size !== classes))
    throw new ModelError(
      `its constant [${listed(dims)}] is another for other positions of ${formatShape(at.value.shape)}; only one number, or one for each of the ${classes} classes, can be part of W and b`,
    );
  return Float64Array.from({ length: classes }, (_, k) => data[size === 1 ? 0 : k] ?? 0);
}

/** A constant that is added to a value, times a number, as a term of b. @throws ModelError as `byClass` */
export function asBias(constant: FloatConstant, at: Reached, times: number): HeadBias {
  const numbers = byClass(constant.tensor, at);
  const factors = at.factors.map((factor) => factor * times);
  return { constant, factors, term: numbers.map((number, k) => number * (factors[k] ?? 0)) };
}

/** The factors of a value times others, [K]. */
export const timesFactors = (at: Reached, others: (k: number) => number): Float64Array =>
  at.factors.map((factor, k) => factor * others(k));

/**
 * Where the classes are in a value that another is a view of.
 * @throws ModelError where no axis holds them alone
 */
export function axisBefore(at: Reached, shape: Shape): number {
  const classes = classesOf(at);
  const before = (of: Shape, axis: number): number => elementsPerImage(of.slice(0, axis));
  const inner = before(at.value.shape, at.axis);
  const found = shape.findIndex((size, axis) => size === classes && before(shape, axis) === inner);
  if (found >= 1) return found;
  throw new ModelError(
    `it makes the ${classes} classes of several positions or parts of ${formatShape(shape)}: there are features of each, not one [N, D]`,
  );
}
