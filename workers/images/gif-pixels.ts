/** Codes have at most twelve bits. */
const MOST_CODES = 4096;

/**
 * How many pixels the LZW codes of a GIF frame stand for, up to a limit. Where they are too few, decoders fill up the
 * frame and say nothing.
 * @param data the frame's minimum code size, followed by its sub-blocks
 */
export function countGifPixels(data: Uint8Array, limit: number): number {
  const bits = data[0] ?? 0;
  if (bits < 1 || bits > 11) return 0;
  const clear = 1 << bits;
  // Of each code, how many pixels it stands for.
  const lengths = new Int32Array(MOST_CODES).fill(1);
  let width = bits + 1;
  let next = clear + 2;
  let former = 0;
  let pixels = 0;
  let held = 0;
  let heldBits = 0;
  for (const byte of bytesOf(data)) {
    held |= byte << heldBits;
    heldBits += 8;
    while (heldBits >= width) {
      const code = held & ((1 << width) - 1);
      held >>>= width;
      heldBits -= width;
      if (code === clear + 1) return pixels;
      if (code === clear) {
        width = bits + 1;
        next = clear + 2;
        former = 0;
        continue;
      }
      if (code > next || (former === 0 && code > clear)) return pixels;
      if (former > 0 && next < MOST_CODES) lengths[next++] = former + 1;
      former = lengths[code] ?? 1;
      pixels += former;
      if (pixels >= limit) return pixels;
      if (next === 1 << width && width < 12) width += 1;
    }
  }
  return pixels;
}

/** The bytes of a chain of sub-blocks. */
function* bytesOf(data: Uint8Array): Generator<number> {
  for (let at = 1; at < data.length; ) {
    const length = data[at] ?? 0;
    if (length === 0) return;
    for (const byte of data.subarray(at + 1, at + 1 + length)) yield byte;
    at += 1 + length;
  }
}
