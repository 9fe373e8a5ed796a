/** The largest finite number of half precision. */
export const largestHalf = 65504;

/** The smallest positive number of half precision. */
export const smallestHalf = 2 ** -24;

/** From here on, numbers are infinite in half precision. */
export const infiniteHalf = 65520;

const scratch = new Float32Array(1);
const bits = new Uint32Array(scratch.buffer);

/** The bits of the nearest number of half precision, of two the even one; infinite from `infiniteHalf` on. */
export function toHalfBits(value: number): number {
  scratch[0] = value;
  const single = bits[0] ?? 0;
  const sign = (single >>> 16) & 0x8000;
  const size = single & 0x7fffffff;
  if (size > 0x7f800000) return sign | 0x7e00;
  if (size >= 0x47800000) return sign | 0x7c00;
  if (size < 0x38800000) return sign | roundToEven(Math.abs(scratch[0]) * 2 ** 24);
  // The exponent's bias is 15 instead of 127, and 13 bits of the mantissa are rounded away; a carry is right.
  const moved = size - 0x38000000;
  return sign | ((moved + 0xfff + ((moved >>> 13) & 1)) >>> 13);
}

/** The number that 16 bits stand for. */
export function fromHalfBits(half: number): number {
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
