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
  for (let block = 1; block < data.length; ) {
    const end = Math.min(data.length, block + 1 + (data[block] ?? 0));
    if (end === block + 1) break;
    for (let at = block + 1; at < end; at += 1) {
      held |= (data[at] ?? 0) << heldBits;
      heldBits += 8;
      while (heldBits >= width) {
        const code = held & ((1 << width) - 1);
        held >>>= width;
        heldBits -= width;
        if (code === clear) {
          width = bits + 1;
          next = clear + 2;
          former = 0;
          continue;
        }
        const isEnd = code === clear + 1;
        if (isEnd || code > next || (former === 0 && code > clear)) return pixels;
        if (former > 0 && next < MOST_CODES) lengths[next++] = former + 1;
        former = lengths[code] ?? 1;
        pixels += former;
        if (pixels >= limit) return pixels;
        if (next === 1 << width && width < 12) width += 1;
      }
    }
    block = end;
  }
  return pixels;
}
