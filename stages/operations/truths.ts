import { less } from '../graph/arithmetic.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { integersOf, type Operand } from '../import/operand.js';
import type { NodeContext } from './operation.js';

// Truth values of what is computed are the numbers 0 and 1 in the graph: what moves numbers moves them.

/** The truth values in a slot as numbers; null where they are none. Constant ones engines compute when they open the graph. */
export function truthsAt({ builder: b, operands }: NodeContext, slot: number): Value | null {
  const operand = operands[slot];
  if (operand?.kind === 'activation') return operand.value;
  const known = operand ? knownTruths(operand) : null;
  return known && b.floats(known.dims, known.truths);
}

/** Where truth values hold, for a choice between two tensors. */
export const holds = (b: GraphBuilder, truths: Value): Value => less(b, b.scalar(0.5), truths);

/** Truth values that were computed when the graph was read are whole numbers. */
function knownTruths(
  operand: Operand,
): { readonly dims: readonly number[]; readonly truths: Float32Array } | null {
  const whole = integersOf(operand);
  const [dims, truths] =
    operand.kind === 'constant' && (operand.tensor.type === 'bool' || operand.tensor.type === 'int64')
      ? [operand.tensor.dims, Array.from(operand.tensor.data, Number)]
      : whole
        ? [whole.scalar ? [] : [whole.sizes.length], whole.sizes.map(Number)]
        : [null, []];
  if (!dims || truths.some(Number.isNaN)) return null;
  return { dims, truths: Float32Array.from(truths) };
}
