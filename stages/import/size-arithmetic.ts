import type { Dim } from '../graph/shape.js';
import { elementTypeCodes, type Tensor } from '../onnx/model.js';
import { type Constant, longestShape, type Operand, sizesOf } from './operand.js';

/**
 * What exporters compute of shapes: sizes of heads and groups, the shape that Expand takes, the scale of attention. All
 * of it is short, and known before any image is. The batch size may be compared and handed on; multiplied it is refused.
 */
type Compute = (operands: readonly (Operand | null)[]) => Operand | null;

const integers: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  // As in C: towards zero.
  Div: (a, b) => Math.trunc(a / b),
};

/** Numbers that leave the batch size what it is. */
const neutral: Readonly<Record<string, number>> = { Add: 0, Sub: 0, Mul: 1, Div: 1 };

const floats: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
  Sqrt: (a) => Math.sqrt(a),
  Reciprocal: (a) => 1 / a,
};

/** By type of operation; each returns null where its operands are no such numbers. */
export const sizeArithmetic: ReadonlyMap<string, Compute> = new Map<string, Compute>([
  ...[...new Set([...Object.keys(integers), ...Object.keys(floats)])].map((type): [string, Compute] => [
    type,
    (operands) => onIntegers(type, operands) ?? onFloats(type, operands),
  ]),
  ['Equal', equal],
  ['Where', where],
]);

/**
 * A Cast of short integers to floating point, or of one number back.
 * @returns null for any other
 */
export function castSizes(operand: Operand, to: number): Operand | null {
  const sizes = sizesOf(operand);
  if (to === elementTypeCodes.float32 && sizes?.length === 1 && sizes[0] !== 'N')
    return oneFloat(Number(sizes[0]), isScalar(operand));
  const number = oneNumber(operand);
  if (to !== elementTypeCodes.int64 || number === null || !isMade(operand)) return null;
  return { kind: 'sizes', sizes: [Math.trunc(number)], scalar: isScalar(operand) };
}

function onIntegers(type: string, [left, right]: readonly (Operand | null)[]): Operand | null {
  const compute = integers[type];
  const [a, b] = [left ? sizesOf(left) : null, right ? sizesOf(right) : null];
  if (!compute || !left || !right || !a || !b) return null;
  return alongside(left, right, (at) => combined(type, compute, at(a), at(b)));
}

function combined(type: string, compute: (a: number, b: number) => number, a: Dim, b: Dim): Dim {
  if (a === 'N' && b === neutral[type]) return a;
  if (b === 'N' && a === neutral[type] && (type === 'Add' || type === 'Mul')) return b;
  if (a === 'N' || b === 'N')
    throw new RangeError(
      `computes a size from the batch size (${a} and ${b}): axes that hold parts of several images are not supported`,
    );
  const result = compute(a, b);
  if (!Number.isSafeInteger(result)) throw new RangeError(`${a} and ${b} give no whole number`);
  return result;
}

/** Elements of two vectors side by side, one of a single element repeated. @throws RangeError for other lengths */
function alongside(
  left: Operand,
  right: Operand,
  each: (at: <T>(values: readonly T[]) => T) => Dim,
): Operand {
  const [a, b] = [lengthOf(left), lengthOf(right)];
  if (a !== b && a !== 1 && b !== 1) throw new RangeError(`${a} sizes and ${b} don't broadcast`);
  const sizes = Array.from({ length: Math.max(a, b) }, (_, index) =>
    each((values) => {
      const value = values[values.length === 1 ? 0 : index];
      if (value === undefined) throw new RangeError('a shape without sizes');
      return value;
    }),
  );
  return { kind: 'sizes', sizes, scalar: isScalar(left) && isScalar(right) };
}

function onFloats(type: string, operands: readonly (Operand | null)[]): Operand | null {
  const compute = floats[type];
  const numbers = operands.map((operand) => (operand ? oneNumber(operand) : null));
  // What is made of literals alone stays in the graph, as it is written.
  if (!compute || !operands.some((operand) => operand && isMade(operand))) return null;
  const [a, b = 0] = numbers;
  if (a == null || !numbers.every((number) => number !== null)) return null;
  return oneFloat(
    compute(a, b ?? 0),
    operands.every((operand) => operand && isScalar(operand)),
  );
}

function equal([left, right]: readonly (Operand | null)[]): Operand | null {
  const [a, b] = [left ? sizesOf(left) : null, right ? sizesOf(right) : null];
  if (!left || !right || !a || !b) return null;
  const same = alongside(left, right, (at) => (at(a) === at(b) ? 1 : 0));
  const values = sizesOf(same) ?? [];
  const dims = isScalar(same) ? [] : [values.length];
  return made({ type: 'bool', dims, data: Uint8Array.from(values, Number) });
}

function where([condition, left, right]: readonly (Operand | null)[]): Operand | null {
  const [a, b] = [left ? sizesOf(left) : null, right ? sizesOf(right) : null];
  if (condition?.kind !== 'constant' || condition.tensor.type !== 'bool' || !left || !right || !a || !b)
    return null;
  const { data, dims } = condition.tensor;
  if (dims.length > 1 || data.length > longestShape) return null;
  const truths = Array.from(data);
  return alongside(left, right, (at) => (at(truths) !== 0 ? at(a) : at(b)));
}

const lengthOf = (operand: Operand): number => sizesOf(operand)?.length ?? 0;

const isScalar = (operand: Operand): boolean =>
  operand.kind === 'sizes' ? operand.scalar : operand.kind === 'constant' && operand.tensor.dims.length === 0;

/** Whether it was computed here, so that it is no parameter. */
const isMade = (operand: Operand): boolean => operand.kind === 'constant' && operand.origin === null;

/** The only element of a float32 constant that is a literal. */
function oneNumber(operand: Operand): number | null {
  if (operand.kind !== 'constant' || operand.tensor.type !== 'float32') return null;
  const { dims, data } = operand.tensor;
  const isLiteral =
    dims.length === 0 || operand.origin === null || operand.origin.declared === 'constant node';
  return isLiteral && data.length === 1 ? (data[0] ?? null) : null;
}

const oneFloat = (value: number, scalar: boolean): Constant =>
  made({ type: 'float32', dims: scalar ? [] : [1], data: Float32Array.of(value) });

const made = (tensor: Tensor): Constant => ({ kind: 'constant', tensor, origin: null });
