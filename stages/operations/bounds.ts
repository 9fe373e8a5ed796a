import { ModelError } from '../errors.js';
import type { Value } from '../graph/builder.js';
import { infiniteHalf, smallestHalf } from '../onnx/float16.js';
import { listed } from '../shown.js';
import { constantAt } from './operands.js';
import type { NodeContext } from './operation.js';

/** The one number that the constant in a slot is, or null where it bounds nothing. @throws ModelError for anything else */
export function boundAt(context: NodeContext, slot: number): Value | null {
  const { dims, data } = constantAt(context, slot);
  if (data.length !== 1 || data.some(Number.isNaN))
    throw new ModelError(
      `input ${slot} has shape [${listed(dims)}] and holds ${listed([...data.slice(0, 9)])}, expected one number`,
    );
  // Exporters write the largest number of float32 for no bound: no number of half precision is beyond it.
  if (context.builder.precision === 'half' && data.every((value) => Math.abs(value) >= infiniteHalf))
    return null;
  const bound = context.builder.precision === 'half' ? data.map(offZero) : data;
  return context.builder.floats(dims.length === 1 ? dims : [], bound);
}

/** A bound that keeps a divisor from zero would be zero among the few numbers of half precision. */
const offZero = (bound: number): number =>
  bound !== 0 && Math.abs(bound) < smallestHalf ? Math.sign(bound) * smallestHalf : bound;
