import { type Constant, longestShape, type Operand, sizesOf } from './operand.js';
import { holdsImages } from './sizes.js';

/** What exporters compute of sizes in floating point, such as the scale of attention: the root of a size. */
const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
  Sqrt: (a) => Math.sqrt(a),
  Reciprocal: (a) => 1 / a,
  Floor: (a) => Math.floor(a),
  Ceil: (a) => Math.ceil(a),
};

/**
 * By type of operation: the result where an operand was computed of sizes and all others are literals, null elsewhere.
 * What is made of literals alone stays in the graph, as it is written.
 */
export const floatEvaluators: ReadonlyMap<string, (operands: readonly (Operand | null)[]) => Operand | null> =
  new Map(
    Object.entries(operations).map(([type, operation]) => [type, (operands) => compute(operation, operands)]),
  );

/** Sizes, none of which is the batch's, as floating-point numbers; null for any other operand. */
export function floatsOfSizes(operand: Operand): Operand | null {
  const sizes = sizesOf(operand);
  if (!sizes || sizes.some(holdsImages)) return null;
  return made(sizes.map(Number), operand.kind === 'sizes' && operand.scalar);
}

/** Numbers that were computed of sizes, as sizes again, cut towards zero; null for any other operand. */
export function sizesOfFloats(operand: Operand): Operand | null {
  const numbers = isMade(operand) ? numbersOf(operand) : null;
  return (
    numbers && { kind: 'sizes', sizes: numbers.map((one) => Math.trunc(one) + 0), scalar: isScalar(operand) }
  );
}

function compute(
  operation: (a: number, b: number) => number,
  operands: readonly (Operand | null)[],
): Operand | null {
  if (!operands.some(isMade)) return null;
  const lists = operands.map(numbersOf).filter((list) => list !== null);
  const [first = [], second = [0]] = lists;
  if (lists.length !== operands.length) return null;
  const length = first.length === 1 ? second.length : first.length;
  if (second.length !== 1 && second.length !== length) return null;
  const at = (list: readonly number[], index: number) => list[list.length === 1 ? 0 : index] ?? 0;
  return made(
    Array.from({ length }, (_, index) => operation(at(first, index), at(second, index))),
    operands.every((operand) => operand && isScalar(operand)),
  );
}

const isScalar = (operand: Operand): boolean =>
  operand.kind === 'constant' && operand.tensor.dims.length === 0;

/** Whether it was computed here, so that it is no parameter. */
const isMade = (operand: Operand | null): boolean => operand?.kind === 'constant' && operand.origin === null;

/** The elements of what was computed here, or of one number that is a literal. */
function numbersOf(operand: Operand | null): readonly number[] | null {
  if (operand?.kind !== 'constant' || operand.tensor.type !== 'float32') return null;
  const { origin } = operand;
  const { dims, data } = operand.tensor;
  if (dims.length > 1 || data.length > longestShape) return null;
  const isLiteral = data.length === 1 && (dims.length === 0 || origin?.declared === 'constant node');
  return origin === null || isLiteral ? Array.from(data) : null;
}

function made(numbers: readonly number[], scalar: boolean): Constant {
  const data = Float32Array.from(numbers);
  return {
    kind: 'constant',
    tensor: { type: 'float32', dims: scalar ? [] : [data.length], data },
    origin: null,
  };
}
