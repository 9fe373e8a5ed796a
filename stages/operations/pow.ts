import { type Batching, onEachNumber } from '../batching/batching.js';
import { broadcasting } from '../batching/broadcasting.js';
import { ModelError } from '../errors.js';
import { equal, multiply, subtract, where } from '../graph/arithmetic.js';
import type { Value } from '../graph/builder.js';
import { reduceToShape } from '../graph/reduction.js';
import { type Operand, sizesOf } from '../import/operand.js';
import { ofSquares } from '../import/rewrites/roots-of-squares.js';
import { unlessOverflown } from '../lowerings/gates.js';
import { logarithmFromZero, raised, raisedEach } from '../lowerings/powers.js';
import { requireBroadcast } from './broadcast.js';
import { broadcastGradient } from './elementwise-parameter.js';
import { constantAt, cotangentShape, isActivation, valueAt } from './operands.js';
import type { BackwardContext, NodeContext, Operation } from './operation.js';

const batching: Batching = (node) => (isOneNumber(node.operands[1]) ? onEachNumber : broadcasting)(node);

/** x to the power of one constant number, of several that broadcast, or of what is computed. */
export const pow: Operation = {
  type: 'Pow',
  inputs: [2, 2],
  batching,
  slots: { 1: { parameter: 'tensor' } },
  settings: [1],
  forward(context) {
    const { builder: b, lowerings } = context;
    const x = valueAt(context, 0);
    if (!isOneNumber(context.operands[1])) {
      const exponents = exponentsOf(context);
      requireBroadcast(x.shape, exponents.shape);
      return [unlessOverflown(b, raisedEach(b, x, exponents, lowerings.powers), x)];
    }
    const exponent = exponentOf(context);
    const y = raised(b, x, exponent, lowerings.powers);
    // What is raised to a negative power levels off at 0.
    return [exponent < 0 ? unlessOverflown(b, y, x) : y];
  },
  backward(context, slot) {
    const { builder: b, node, cotangent, lowerings } = context;
    if (slot === 1) return reduceToShape(b, byExponent(context), cotangentShape(context, 1));
    const x = valueAt(context, 0);
    if (!isOneNumber(context.operands[1])) {
      const exponents = exponentsOf(context);
      const one = b.scalar(1);
      const slope = multiply(b, raisedEach(b, x, subtract(b, exponents, one), lowerings.powers), exponents);
      // Of the power 0 the slope is 0, also at 0.
      const zero = b.scalar(0);
      const product = multiply(b, cotangent, where(b, equal(b, exponents, zero), zero, slope));
      return reduceToShape(b, product, cotangentShape(context, 0));
    }
    const exponent = exponentOf(context);
    const power = raised(b, x, exponent - 1, lowerings.powers);
    const slope = multiply(b, power, b.scalar(exponent));
    if (!node.attributes.has(ofSquares)) return multiply(b, cotangent, slope);
    const zero = b.scalar(0);
    return multiply(b, cotangent, where(b, equal(b, x, zero), zero, slope));
  },
  parameter: (context, slot) => broadcastGradient(context, slot, byExponent(context)),
};

/** The cotangent times xᵖ · log x, which goes to 0 where x does. */
function byExponent(context: BackwardContext): Value {
  const { builder: b, cotangent, lowerings } = context;
  const x = valueAt(context, 0);
  const [y = x] = context.outputs;
  const zero = b.scalar(0);
  const product = multiply(b, y, logarithmFromZero(b, x, lowerings.logarithmOfZero));
  return multiply(b, cotangent, where(b, equal(b, x, zero), zero, product));
}

/** Whether it is whole numbers, as exponents of polynomials are, or one number of the file. */
function isOneNumber(operand: Operand | null | undefined): boolean {
  if (!operand || operand.kind === 'activation') return false;
  return operand.kind === 'sizes' || operand.tensor.data.length === 1 || operand.tensor.type !== 'float32';
}

/** Several exponents. @throws ModelError where one is not finite */
function exponentsOf(context: NodeContext): Value {
  if (!isActivation(context, 1)) requireFinite(constantAt(context, 1).data);
  return valueAt(context, 1);
}

function exponentOf(context: NodeContext): number {
  const operand = context.operands[1];
  const whole = operand ? sizesOf(operand) : null;
  const data = whole ? whole.map(Number) : constantAt(context, 1).data;
  const [exponent = Number.NaN, another] = data;
  if (another !== undefined)
    throw new ModelError('the exponents are several whole numbers, expected one, or floating-point numbers');
  requireFinite([exponent]);
  return exponent;
}

function requireFinite(exponents: Iterable<number>): void {
  for (const exponent of exponents)
    if (!Number.isFinite(exponent))
      throw new ModelError(`the exponent is ${exponent}, expected a finite number`);
}
