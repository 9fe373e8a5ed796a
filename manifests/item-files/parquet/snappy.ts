/**
 * Snappy's raw format. No writer of a file decides how long this takes: every element moves on in input and output.
 * @param length of the decompressed bytes
 * @throws RangeError where the bytes are not of that many
 */
export function snappyDecompressed(input: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length);
  const claimed = lengthAt(input);
  let { at } = claimed;
  let end = 0;
  if (claimed.value !== length) throw new RangeError(`${claimed.value} bytes, expected ${length}`);
  while (at < input.length) {
    const tag = input[at++] ?? 0;
    const kind = tag & 3;
    // How many bytes behind the tag say the length of a literal, or how far back a copy begins.
    const more = kind === 0 ? Math.max(0, (tag >> 2) - 59) : kind === 3 ? 4 : kind;
    if (at + more > input.length) throw new RangeError('an element is cut off');
    const number = littleEndian(input, at, more);
    at += more;
    if (kind === 0) {
      const size = (more === 0 ? tag >> 2 : number) + 1;
      if (size > input.length - at || size > length - end) throw new RangeError('a literal is too long');
      output.set(input.subarray(at, at + size), end);
      at += size;
      end += size;
    } else {
      const size = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
      const back = kind === 1 ? ((tag >> 5) << 8) + number : number;
      if (back === 0 || back > end || size > length - end) throw new RangeError('a copy leads out');
      // Byte by byte: what is copied may be what this copy has written.
      for (const stop = end + size; end < stop; end++) output[end] = output[end - back] ?? 0;
    }
  }
  if (end !== length) throw new RangeError(`${end} bytes, expected ${length}`);
  return output;
}

function lengthAt(input: Uint8Array): { readonly value: number; readonly at: number } {
  let value = 0;
  for (let at = 0; at < 5; at++) {
    const next = input[at] ?? 0;
    value += (next & 127) * 2 ** (7 * at);
    if (next < 128) return { value, at: at + 1 };
  }
  throw new RangeError('a length of more than 5 bytes');
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value += (bytes[at + i] ?? 0) * 2 ** (8 * i);
  return value;
}
