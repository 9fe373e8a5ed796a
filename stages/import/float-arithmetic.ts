import { type Constant, longestShape, type Operand, sizesOf } from './operand.js';
import { holdsImages, perImage } from './sizes.js';

/**
 * Sizes as floating-point numbers; null for any other operand, and where they are of several images.
 * @param isOfOneImage whether the file is for one image at a time: what it counts is of this image then
 */
export function floatsOfSizes(operand: Operand, isOfOneImage: boolean): Operand | null {
  const sizes = sizesOf(operand);
  if (!sizes || (sizes.some(holdsImages) && !isOfOneImage)) return null;
  return made(sizes.map(perImage), isScalar(operand));
}

/** Numbers that were computed of sizes, as sizes again, cut towards zero; null for any other operand. */
export function sizesOfFloats(operand: Operand): Operand | null {
  const numbers = isMade(operand) ? numbersOf(operand) : null;
  return (
    numbers && { kind: 'sizes', sizes: numbers.map((one) => Math.trunc(one) + 0), scalar: isScalar(operand) }
  );
}

const isScalar = (operand: Operand): boolean =>
  operand.kind === 'sizes' ? operand.scalar : operand.kind === 'constant' && operand.tensor.dims.length === 0;

/** Whether it was computed here, so that it is no parameter. */
const isMade = (operand: Operand | null): boolean => operand?.kind === 'constant' && operand.origin === null;

/** The elements of what was computed here, or of one number that is a literal. */
function numbersOf(operand: Operand | null): readonly number[] | null {
  if (operand?.kind !== 'constant' || operand.tensor.type !== 'float32') return null;
  const { origin } = operand;
  const { dims, data } = operand.tensor;
  if (dims.length > 1 || data.length > longestShape) return null;
  const isLiteral = data.length === 1 && (dims.length === 0 || origin?.declared === 'constant node');
  return origin === null || isLiteral ? Array.from(data) : null;
}

function made(numbers: readonly number[], scalar: boolean): Constant {
  const data = Float32Array.from(numbers);
  return {
    kind: 'constant',
    tensor: { type: 'float32', dims: scalar ? [] : [data.length], data },
    origin: null,
  };
}
