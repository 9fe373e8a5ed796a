import { onEachNumber } from '../batching/batching.js';
import { broadcasting } from '../batching/broadcasting.js';
import { ModelError } from '../errors.js';
import { equal, less, maximum, multiply, subtract, where } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { unlessOverflown } from '../lowerings/gates.js';
import { requireBroadcast } from './broadcast.js';
import { backThroughBroadcast } from './elementwise-parameter.js';
import { valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';
import { truthsAt } from './truths.js';

type Binary = (b: GraphBuilder, x: Value, y: Value) => Value;

/** 1 where it holds, 0 elsewhere, also beside what is not a number. */
const comparisonsOf: Readonly<Record<string, Binary>> = {
  Equal: (b, x, y) => chosen(b, equal(b, x, y), b.scalar(0)),
  Greater: (b, x, y) => chosen(b, less(b, y, x), b.scalar(0)),
  GreaterOrEqual: (b, x, y) => chosen(b, less(b, y, x), chosen(b, equal(b, x, y), b.scalar(0))),
  Less: (b, x, y) => chosen(b, less(b, x, y), b.scalar(0)),
  LessOrEqual: (b, x, y) => chosen(b, less(b, x, y), chosen(b, equal(b, x, y), b.scalar(0))),
};

const chosen = (b: GraphBuilder, condition: Value, otherwise: Value): Value =>
  where(b, condition, b.scalar(1), otherwise);

/** Of truth values. */
const connectivesOf: Readonly<Record<string, Binary>> = {
  And: multiply,
  Or: maximum,
  Xor: (b, x, y) => where(b, equal(b, x, y), b.scalar(0), b.scalar(1)),
};

/** The tests of two tensors, and what joins them: constant between their jumps, so that no gradient passes them. */
const ofTwo = (
  type: string,
  read: (context: NodeContext, slot: number) => Value,
  value: Binary,
): Operation => ({
  type,
  inputs: [2, 2],
  data: 'all',
  batching: broadcasting,
  piecewiseConstant: true,
  truths: true,
  forward(context) {
    const [x, y] = [read(context, 0), read(context, 1)];
    requireBroadcast(x.shape, y.shape);
    return [value(context.builder, x, y)];
  },
  backward: backThroughBroadcast(({ builder: b, cotangent }) => multiply(b, cotangent, b.scalar(0))).backward,
});

/** What is compared; in half precision the test of what overflowed comes out as NaN. */
const compared =
  (value: Binary): Binary =>
  (b, x, y) => {
    const found = value(b, x, y);
    return [x, y]
      .filter(({ shape }) => shape[0] === 'N')
      .reduce((kept, operand) => unlessOverflown(b, kept, operand), found);
  };

function truths(context: NodeContext, slot: number): Value {
  const found = truthsAt(context, slot);
  if (!found) throw new ModelError(`input ${slot} must be truth values`);
  return found;
}

/** Equal compares numbers, or truth values with known ones. */
const numbersOrTruths = (context: NodeContext, slot: number): Value => {
  const operand = context.operands[slot];
  const isKnown = operand?.kind === 'constant' && operand.tensor.type === 'bool';
  return isKnown ? truths(context, slot) : valueAt(context, slot);
};

const not: Operation = {
  type: 'Not',
  inputs: [1, 1],
  batching: onEachNumber,
  piecewiseConstant: true,
  truths: true,
  forward: (context) => [subtract(context.builder, context.builder.scalar(1), truths(context, 0))],
  backward: ({ builder: b, cotangent }) => multiply(b, cotangent, b.scalar(0)),
};

/** Tests of what is computed from the image, which give truth values. */
export const comparisons: readonly Operation[] = [
  ...Object.entries(comparisonsOf).map(([type, value]) => ofTwo(type, numbersOrTruths, compared(value))),
  ...Object.entries(connectivesOf).map(([type, value]) => ofTwo(type, truths, value)),
  not,
];
