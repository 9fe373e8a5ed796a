import { onEachNumber } from '../batching/batching.js';
import { absolute, add, floor, less, multiply, negate, subtract, where } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { unlessOverflown } from '../lowerings/gates.js';
import { signOf } from '../lowerings/sign.js';
import { valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';

/** y of x, of the same shape. Of what has no Floor of its own every engine computes it by that. */
const table: Readonly<Record<string, (b: GraphBuilder, x: Value, context: NodeContext) => Value>> = {
  Ceil: (b, x) => negate(b, floor(b, negate(b, x))),
  Floor: floor,
  Round: toNearest,
  Sign: (b, x, { lowerings }) => unlessOverflown(b, signOf(b, x, lowerings), x),
};

/** Functions of each number that are constant between their jumps, so that no gradient passes them. */
export const stepFunctions: readonly Operation[] = Object.entries(table).map(([type, value]) => ({
  type,
  inputs: [1, 1],
  batching: onEachNumber,
  piecewiseConstant: true,
  forward: (context) => [value(context.builder, valueAt(context, 0), context)],
  backward: ({ builder: b, cotangent }) => multiply(b, cotangent, b.scalar(0)),
}));

/** The nearest whole number, of two that are as near the even one. */
function toNearest(b: GraphBuilder, x: Value): Value {
  const [half, one, two] = [b.scalar(0.5), b.scalar(1), b.scalar(2)];
  const below = floor(b, x);
  const part = subtract(b, x, below);
  const isOdd = subtract(b, below, multiply(b, two, floor(b, multiply(b, below, half))));
  const ofTies = where(b, less(b, part, half), b.scalar(0), isOdd);
  const rounded = add(b, below, where(b, less(b, half, part), one, ofTies));
  // From here on all numbers are whole; so what is infinite stays so.
  const allWhole = b.scalar(b.precision === 'half' ? 2 ** 11 : 2 ** 23);
  return where(b, less(b, absolute(b, x), allWhole), rounded, x);
}
