import { borderIndex } from './border.js';

/**
 * Sums of 3×3 pixels with weights; beyond the image lies its reflection.
 * @param kernel weights row by row
 * @returns [H, W]
 */
export function weighedNeighbours(
  values: Uint8Array | Float32Array,
  width: number,
  height: number,
  kernel: readonly number[],
): Float64Array {
  const sums = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    const rows = [-1, 0, 1].map((step) => borderIndex(y + step, height, 'reflect-101') * width);
    for (let x = 0; x < width; x++) {
      const left = x === 0 ? Math.min(1, width - 1) : x - 1;
      const right = x === width - 1 ? Math.max(0, width - 2) : x + 1;
      let sum = 0;
      for (let row = 0; row < 3; row++) {
        const from = rows[row] ?? 0;
        sum +=
          (values[from + left] ?? 0) * (kernel[3 * row] ?? 0) +
          (values[from + x] ?? 0) * (kernel[3 * row + 1] ?? 0) +
          (values[from + right] ?? 0) * (kernel[3 * row + 2] ?? 0);
      }
      sums[y * width + x] = sum;
    }
  }
  return sums;
}

/** Sums of 3×3 pixels. */
export const boxKernel: readonly number[] = [1, 1, 1, 1, 1, 1, 1, 1, 1];

/** Spreads levels so that each is about as common; an image of one level stays as it is. */
export function equalized(levels: Uint8Array): Uint8Array {
  const { fround } = Math;
  const counts = new Float64Array(256);
  for (const level of levels) counts[level] = (counts[level] ?? 0) + 1;
  const first = counts.findIndex((count) => count > 0);
  const lowest = counts[first] ?? 0;
  if (lowest === levels.length) return levels;
  const scale = fround(255 / (levels.length - lowest));
  const table = new Uint8ClampedArray(256);
  let sum = 0;
  // Its elements round halves to the even neighbour, as OpenCV does.
  for (let level = first + 1; level < 256; level++) {
    sum += counts[level] ?? 0;
    table[level] = fround(sum * scale);
  }
  return levels.map((level) => table[level] ?? 0);
}
