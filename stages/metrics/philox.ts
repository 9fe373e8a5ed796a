/** The 64-bit key of a Philox stream as two unsigned 32-bit words. */
export type PhiloxKey = readonly [number, number];

const m0High = 0xd251;
const m0Low = 0x1f53;
const m0 = 0xd2511f53 | 0;
const m1High = 0xcd9e;
const m1Low = 0x8d57;
const m1 = 0xcd9e8d57 | 0;
const weyl0 = 0x9e3779b9 | 0;
const weyl1 = 0xbb67ae85 | 0;

/**
 * Blocks of Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3; SC 2011):
 * a keyed bijection of the 128-bit counter, so that any block can be made without those before it.
 * @param c0 to c3: the first block's counter, least significant word first; c0 alone counts on, wrapping around
 * @param key two words
 * @param out receives four unsigned 32-bit words a block: [4 · blocks]
 */
export function philox4x32(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  key: PhiloxKey,
  out: Uint32Array,
): void {
  const key0 = key[0] | 0;
  const key1 = key[1] | 0;
  for (let word = 0; word + 3 < out.length; word += 4) {
    let x0 = (c0 + (word >>> 2)) | 0;
    let x1 = c1 | 0;
    let x2 = c2 | 0;
    let x3 = c3 | 0;
    let k0 = key0;
    let k1 = key1;
    for (let round = 0; round < 10; round++) {
      const high0 = multiplyHigh(m0High, m0Low, x0);
      const high1 = multiplyHigh(m1High, m1Low, x2);
      const low0 = Math.imul(m0, x0);
      const low1 = Math.imul(m1, x2);
      x0 = high1 ^ x1 ^ k0;
      x1 = low1;
      x2 = high0 ^ x3 ^ k1;
      x3 = low0;
      k0 = (k0 + weyl0) | 0;
      k1 = (k1 + weyl1) | 0;
    }
    out[word] = x0;
    out[word + 1] = x1;
    out[word + 2] = x2;
    out[word + 3] = x3;
  }
}

/** The upper 32 bits of a 32 × 32 bit product; in halves, since a double holds only 53 bits of it. */
function multiplyHigh(high: number, low: number, x: number): number {
  const xHigh = x >>> 16;
  const xLow = x & 0xffff;
  const middle = (Math.imul(high, xLow) + (Math.imul(low, xLow) >>> 16)) >>> 0;
  const carry = (Math.imul(low, xHigh) + (middle & 0xffff)) >>> 16;
  return (Math.imul(high, xHigh) + (middle >>> 16) + carry) | 0;
}
