import { binaryOperations, choose, combine, expanded, range } from './integer-arithmetic.js';
import { type Integers, integersOf, type Operand, ofIntegers } from './operand.js';

/** What integers, known before any image is, give; null where an operand is anything else. */
type Evaluate = (operands: readonly (Operand | null)[]) => Operand | null;

const evaluator =
  (evaluate: (...operands: readonly Integers[]) => Integers | null, count: number): Evaluate =>
  (operands) => {
    const integers = operands.map(integersOf).filter((one) => one !== null);
    const result = integers.length === count ? evaluate(...integers) : null;
    return result && ofIntegers(result);
  };

const truth = (value: 0 | 1): Integers => ({ sizes: [value], scalar: true });

/** Arithmetic by which exporters compute shapes. */
export const integerEvaluators: ReadonlyMap<string, Evaluate> = new Map<string, Evaluate>([
  ...[...binaryOperations].map(([type, operation]): [string, Evaluate] => [
    type,
    evaluator((left, right) => combine(type, operation, left, right), 2),
  ]),
  ['Not', evaluator((condition) => choose(condition, truth(0), truth(1)), 1)],
  ['Where', evaluator((condition, a, b) => choose(condition, a, b), 3)],
  ['Expand', evaluator((integers, shape) => expanded(integers, shape.sizes), 2)],
  ['Range', evaluator(range, 3)],
]);
