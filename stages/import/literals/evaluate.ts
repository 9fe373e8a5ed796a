import { elementTypeOf, floatTypes, type Node } from '../../onnx/model.js';
import { intAttribute } from '../attributes.js';
import type { FoldingBudget } from '../folding-budget.js';
import { arithmeticOf } from '../integer-arithmetic.js';
import type { Operand } from '../operand.js';
import { clipped, elementwise, elementwiseTypes } from './elementwise.js';
import { type Literal, literal, literalOf, operandOf } from './literal.js';
import { movements } from './movement.js';

const types: ReadonlySet<string> = new Set([
  ...[...elementwiseTypes, ...movements.keys(), 'Cast', 'Clip', 'Range'],
]);

/** Whether nodes of a type are evaluated where all that they read are literals. */
export const isOnLiterals = (type: string): boolean => types.has(type);

/**
 * What a node of literals alone gives, or null where it reads anything else, or is of another type.
 * @throws RangeError or ModelError where it is wrong, or beyond the budget
 */
export function evaluateLiterals(
  node: Node,
  operands: readonly (Operand | null)[],
  budget: FoldingBudget,
): Operand | null {
  if (!types.has(node.type)) return null;
  const literals: (Literal | null)[] = [];
  for (const operand of operands) {
    const one = literalOf(operand, budget);
    if (operand && !one) return null;
    literals.push(one);
  }
  const given = literals.filter((one) => one !== null);
  if (given.length === 0) return null;
  const [first = null, low = null, high = null] = literals;
  if (node.type === 'Clip' && first) return operandOf(clipped(first, low, high, budget), budget);
  const result =
    movements.get(node.type)?.(node, budget, literals) ??
    (given.length === literals.length ? computed(node, given, budget) : null);
  return result && operandOf(result, budget);
}

function computed(node: Node, literals: readonly Literal[], budget: FoldingBudget): Literal | null {
  const [first] = literals;
  if (node.type === 'Cast' && first) return cast(first, intAttribute(node, 'to', 0), budget);
  if (node.type === 'Range') return range(literals, budget);
  return elementwise(arithmeticOf(node), literals, budget);
}

function cast({ dims, data, type }: Literal, to: number, budget: FoldingBudget): Literal | null {
  const target = elementTypeOf(to);
  if (target === undefined) return null;
  if (target === 'bool') return literal(budget, 'bool', dims, (index) => Number(data[index] !== 0));
  if (floatTypes.has(target)) return literal(budget, 'float32', dims, (index) => data[index] ?? 0);
  if (target !== 'int64' && target !== 'int32') return null;
  const cut = type === 'float32' ? Math.trunc : (value: number) => value;
  return literal(budget, 'int64', dims, (index) => cut(data[index] ?? 0) + 0);
}

function range(literals: readonly Literal[], budget: FoldingBudget): Literal | null {
  const [start = 0, limit = 0, step = 0] = literals.map(({ data }) => data[0]);
  if (step === 0) throw new RangeError('counts in steps of 0');
  const length = Math.max(0, Math.ceil((limit - start) / step));
  return literal(budget, literals[0]?.type ?? 'int64', [length], (index) => start + index * step);
}
