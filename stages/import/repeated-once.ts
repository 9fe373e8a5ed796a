import { integersOf, type Operand } from './operand.js';
import type { Size } from './sizes.js';

type Operands = readonly (Operand | null)[];

/** A vector that is expanded to its own length, or null for anything else. */
export const expandedToItself = (operands: Operands): Operand | null =>
  vectorWhere(operands, (size, length) => size === 1 || size === length);

/** A vector that Tile gives once, or null for anything else. */
export const repeatedOnce = (operands: Operands): Operand | null =>
  vectorWhere(operands, (times) => times === 1);

/**
 * A constant vector as it is, where the one number beside it leaves it so: PyTorch writes the statistics, scale and shift of an
 * InstanceNorm2d in evaluation mode repeated for each image of a batch, and so once for a batch of one.
 */
function vectorWhere(
  [operand, beside]: Operands,
  isAsItIs: (number: Size, length: number) => boolean,
): Operand | null {
  if (operand?.kind !== 'constant' || operand.tensor.dims.length !== 1) return null;
  const [length = 0] = operand.tensor.dims;
  const [number, another] = integersOf(beside)?.sizes ?? [];
  return number !== undefined && another === undefined && isAsItIs(number, length) ? operand : null;
}
