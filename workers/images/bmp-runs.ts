import type { BmpHeader } from './bmp-header.js';

/**
 * Undoes runs of indices (`BmpRleDecoder` of Pillow): pairs of a count and an index, or of 0 and a code: 0 ends a row, 1
 * the image, 2 leaves pixels out, others are counts of indices that follow as they are.
 * @param isHalves whether an index has four bits
 * @returns indices row by row, the first of them the lowest one, and whether they are all there
 */
export function unpackedRuns(
  bytes: Uint8Array,
  { width, height, offset }: BmpHeader,
  isHalves: boolean,
): { readonly indices: Uint8Array; readonly isWhole: boolean } {
  const pixels = width * height;
  const indices = new Uint8Array(pixels);
  let to = 0;
  // How far a row has come, which runs are cut off by.
  let x = 0;
  let at = offset;
  const put = (index: number): void => {
    if (to < pixels) indices[to] = index;
    to += 1;
  };
  while (to < pixels && at + 1 < bytes.length) {
    const [count = 0, value = 0] = bytes.subarray(at, at + 2);
    at += 2;
    if (count > 0) {
      const length = Math.max(0, Math.min(count, width - x));
      for (let index = 0; index < length; index++)
        put(isHalves ? (index % 2 === 0 ? value >> 4 : value & 15) : value);
      x += length;
    } else if (value === 0) {
      to = Math.ceil(to / width) * width;
      x = 0;
    } else if (value === 1) break;
    else if (value === 2) {
      if (at + 1 >= bytes.length) break;
      const [right = 0, up = 0] = bytes.subarray(at, at + 2);
      at += 2;
      to += right + up * width;
      x = to % width;
    } else {
      const length = isHalves ? Math.ceil(value / 2) : value;
      const found = bytes.subarray(at, at + length);
      for (let index = 0; index < value && index < found.length * (isHalves ? 2 : 1); index++) {
        const byte = found[isHalves ? index >> 1 : index] ?? 0;
        put(isHalves ? (index % 2 === 0 ? byte >> 4 : byte & 15) : byte);
      }
      at += length;
      if (found.length < length) break;
      x += value;
      at += at % 2;
    }
  }
  return { indices, isWhole: to >= pixels };
}
