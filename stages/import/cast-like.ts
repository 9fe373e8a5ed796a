import { floatsOfSizes, sizesOfFloats } from './float-arithmetic.js';
import { integersOf, type Operand, ofIntegers } from './operand.js';

/**
 * A value as the type of another, where both are numbers that graphs compute with: all floating-point types are float32
 * here, so that what is of one stays what it is.
 * @param isOfOneImage whether the file is for one image at a time
 */
export function castLike(
  [operand, like]: readonly (Operand | null)[],
  isOfOneImage: boolean,
): Operand | null {
  if (!operand || !like) return null;
  if (isFloat(like)) return isFloat(operand) ? operand : floatsOfSizes(operand, isOfOneImage);
  if (operand.kind === 'activation' || !integersOf(like)) return null;
  const integers = integersOf(operand);
  return integers ? ofIntegers(integers) : sizesOfFloats(operand);
}

const isFloat = (operand: Operand): boolean =>
  operand.kind === 'activation' || (operand.kind === 'constant' && operand.tensor.type === 'float32');
