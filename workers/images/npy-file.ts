/**
 * The beginning of an array file as `numpy.save` writes it (NumPy's format, version 1.0), which the elements follow in
 * row-major order: float32, little-endian.
 */
export function npyHeader(shape: readonly number[]): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sizes}), }`;
  // Elements begin at a multiple of 64 bytes, behind spaces and the end of the line.
  const before = 10;
  const length = Math.ceil((before + text.length + 1) / 64) * 64 - before;
  const header = Buffer.alloc(before + length, ' ');
  header.write('\x93NUMPY\x01\x00', 0, 'latin1');
  header.writeUInt16LE(length, 8);
  header.write(text, before, 'latin1');
  header.write('\n', before + length - 1, 'latin1');
  return header;
}

/** Elements as such a file holds them, whichever order this machine keeps bytes in. */
export function npyElements(values: Float32Array): Uint8Array {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const isLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  return isLittle ? bytes : Buffer.from(bytes).swap32();
}
