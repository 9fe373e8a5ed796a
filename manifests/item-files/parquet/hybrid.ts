/**
 * Small numbers as Parquet packs them: runs of one number, and groups of eight with so many bits each.
 * @param width bits a number, up to 32
 * @param count how many there are: runs may claim more, and are cut
 * @throws RangeError where the bytes end before them
 */
export function readHybrid(bytes: Uint8Array, width: number, count: number): Uint32Array {
  if (width > 32) throw new RangeError(`numbers of ${width} bits`);
  const numbers = new Uint32Array(count);
  let at = 0;
  const next = (): number => {
    const found = bytes[at++];
    if (found === undefined) throw new RangeError('packed numbers are cut off');
    return found;
  };
  for (let seen = 0; seen < count; ) {
    const head = headAt(next);
    if (head % 2 === 0) {
      let value = 0;
      for (let i = 0; i < Math.ceil(width / 8); i++) value += next() * 2 ** (8 * i);
      const stop = Math.min(count, seen + head / 2);
      numbers.fill(value, seen, stop);
      seen = stop;
      continue;
    }
    const stop = Math.min(count, seen + 8 * Math.floor(head / 2));
    const end = at + width * Math.floor(head / 2);
    let [bits, have] = [0, 0];
    for (; seen < stop; seen++) {
      for (; have < width; have += 8) bits += next() * 2 ** have;
      numbers[seen] = bits % 2 ** width;
      bits = Math.floor(bits / 2 ** width);
      have -= width;
    }
    at = end;
  }
  return numbers;
}

function headAt(next: () => number): number {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = next();
    value += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return value;
  }
  throw new RangeError('a run of more than 5 bytes of length');
}
