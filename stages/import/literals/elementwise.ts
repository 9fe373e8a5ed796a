import { broadcastShapes } from '../../graph/shape.js';
import type { FoldingBudget } from '../folding-budget.js';
import { binaryOperations } from '../integer-arithmetic.js';
import { type Literal, literal, placeOf, stridesOf } from './literal.js';

type Numbers = (...values: readonly number[]) => number;

interface Elementwise {
  readonly compute: Numbers;
  /** What it gives, by what it reads. */
  readonly type: 'truth' | 'same' | 'last';
}

/** Those of integers cut where they divide; of floats they don't. */
const floatQuotient: Numbers = (a = 0, b = 0) => a / b;
const truths = new Set(['Equal', 'Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual', 'And', 'Or', 'Xor']);

const table: ReadonlyMap<string, Elementwise> = new Map<string, Elementwise>([
  ...[...binaryOperations].map(([type, compute]): [string, Elementwise] => [
    type,
    { compute: (a = 0, b = 0) => compute(a, b), type: truths.has(type) ? 'truth' : 'same' },
  ]),
  ['Not', { compute: (a = 0) => Number(a === 0), type: 'truth' }],
  ['Where', { compute: (condition = 0, a = 0, b = 0) => (condition === 0 ? b : a), type: 'last' }],
  ['Pow', { compute: (a = 0, b = 0) => a ** b, type: 'same' }],
  ['Abs', { compute: (a = 0) => Math.abs(a), type: 'same' }],
  ['Neg', { compute: (a = 0) => -a, type: 'same' }],
  ['Sign', { compute: (a = 0) => Math.sign(a), type: 'same' }],
  ['Sqrt', { compute: (a = 0) => Math.sqrt(a), type: 'same' }],
  ['Log', { compute: (a = 0) => Math.log(a), type: 'same' }],
  ['Exp', { compute: (a = 0) => Math.exp(a), type: 'same' }],
  ['Sin', { compute: (a = 0) => Math.sin(a), type: 'same' }],
  ['Cos', { compute: (a = 0) => Math.cos(a), type: 'same' }],
  ['Reciprocal', { compute: (a = 0) => 1 / a, type: 'same' }],
  ['Floor', { compute: (a = 0) => Math.floor(a), type: 'same' }],
  ['Ceil', { compute: (a = 0) => Math.ceil(a), type: 'same' }],
  ['Round', { compute: toNearest, type: 'same' }],
  ['Min', { compute: (...values) => Math.min(...values), type: 'same' }],
  ['Max', { compute: (...values) => Math.max(...values), type: 'same' }],
]);

/** The nearest whole number, of two that are as near the even one. */
function toNearest(a = 0): number {
  const below = Math.floor(a);
  if (a - below !== 0.5) return Math.round(a);
  return below % 2 === 0 ? below : below + 1;
}

export const elementwiseTypes: readonly string[] = [...table.keys()];

/** An operation on the numbers of literals that broadcastShapes, or null where it is none. @throws RangeError where they don't */
export function elementwise(
  type: string,
  literals: readonly Literal[],
  budget: FoldingBudget,
): Literal | null {
  const operation = table.get(type);
  const [first] = literals;
  if (!operation || !first) return null;
  const dims = literals.map((one) => one.dims).reduce((a, b) => broadcastShapes(a, b).map(Number));
  const isFloat = literals.some((one) => one.type === 'float32');
  const compute = type === 'Div' && isFloat ? floatQuotient : operation.compute;
  const readers = literals.map((one) => repeated(one, dims));
  const result =
    operation.type === 'truth'
      ? 'bool'
      : operation.type === 'last'
        ? (literals.at(-1) ?? first).type
        : first.type;
  return literal(budget, result, dims, (index) => compute(...readers.map((read) => read(index))));
}

/** Numbers between two bounds, either of which may be left out. */
export function clipped(
  x: Literal,
  low: Literal | null,
  high: Literal | null,
  budget: FoldingBudget,
): Literal {
  const least = low?.data[0] ?? Number.NEGATIVE_INFINITY;
  const most = high?.data[0] ?? Number.POSITIVE_INFINITY;
  return literal(budget, x.type, x.dims, (index) => Math.min(Math.max(x.data[index] ?? 0, least), most));
}

/** The elements of a literal at the places of a shape that it broadcasts to. */
export function repeated({ dims, data }: Literal, shape: readonly number[]): (index: number) => number {
  if (data.length === 1) return () => data[0] ?? 0;
  if (String(dims) === String(shape)) return (index) => data[index] ?? 0;
  const strides = stridesOf(dims);
  const behind = shape.length - dims.length;
  return (index) => {
    const place = placeOf(index, shape);
    const from = dims.reduce(
      (sum, size, axis) => sum + (size === 1 ? 0 : (place[axis + behind] ?? 0) * (strides[axis] ?? 0)),
      0,
    );
    return data[from] ?? 0;
  };
}
