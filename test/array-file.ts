/** An array as numpy.save writes it. @param type NumPy's name of the element type @param version of the format, 1 to 3 */
export function arrayFile(
  type: string,
  shape: readonly number[],
  content: Uint8Array,
  version: 1 | 2 | 3 = 1,
): Buffer {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const before = version === 1 ? 10 : 12;
  const padded = `${text.padEnd(128 - before - 1)}\n`;
  const beginning = Buffer.alloc(before);
  beginning.set([0x93, ...Buffer.from('NUMPY'), version, 0]);
  if (version === 1) beginning.writeUInt16LE(padded.length, 8);
  else beginning.writeUInt32LE(padded.length, 8);
  return Buffer.concat([beginning, Buffer.from(padded), content]);
}

/** An array [N] of integers of one byte. */
export const byteLabels = (labels: readonly number[]): Buffer =>
  arrayFile('|u1', [labels.length], Uint8Array.from(labels));
