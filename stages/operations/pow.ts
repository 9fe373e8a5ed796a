import { onEachNumber } from '../batching/batching.js';
import { ModelError } from '../errors.js';
import { multiply } from '../graph/arithmetic.js';
import { formatShape } from '../graph/shape.js';
import { sizesOf } from '../import/operand.js';
import { unlessOverflown } from '../lowerings/gates.js';
import { raised } from '../lowerings/powers.js';
import { constantAt, valueAt } from './operands.js';
import type { NodeContext, Operation } from './operation.js';

/** x to the power of one constant number. */
export const pow: Operation = {
  type: 'Pow',
  inputs: [2, 2],
  batching: onEachNumber,
  forward(context) {
    const { builder: b, lowerings } = context;
    const x = valueAt(context, 0);
    const exponent = exponentOf(context);
    const y = raised(b, x, exponent, lowerings.powers);
    // What is raised to a negative power levels off at 0.
    return [exponent < 0 ? unlessOverflown(b, y, x) : y];
  },
  backward(context) {
    const { builder: b, cotangent, lowerings } = context;
    const exponent = exponentOf(context);
    const power = raised(b, valueAt(context, 0), exponent - 1, lowerings.powers);
    const slope = multiply(b, power, b.scalar(exponent));
    return multiply(b, cotangent, slope);
  },
};

function exponentOf(context: NodeContext): number {
  const operand = context.operands[1];
  const whole = operand ? sizesOf(operand) : null;
  const { dims, data } = whole ? { dims: [whole.length], data: whole.map(Number) } : constantAt(context, 1);
  const [exponent = Number.NaN, another] = data;
  if (another !== undefined)
    throw new ModelError(`the exponent has shape ${formatShape(dims)}, expected one number`);
  if (!Number.isFinite(exponent))
    throw new ModelError(`the exponent is ${exponent}, expected a finite number`);
  return exponent;
}
