import { inflateSync } from 'node:zlib';

/** What is wrong with a file of MATLAB, in words for its user, without its name. */
export class MatlabFault extends Error {
  override readonly name = 'MatlabFault';
}

/** One element of a file of MATLAB 5: a type, and bytes. */
export interface MatlabElement {
  readonly type: number;
  readonly data: Buffer;
}

/** The types of elements that hold others. */
export const elementTypes = { matrix: 14, compressed: 15 } as const;

/** How numbers of a type are stored; texts are numbers of characters. */
const numberTypes: Readonly<
  Record<
    number,
    { readonly bytes: number; readonly read: (data: Buffer, at: number, isLittle: boolean) => number }
  >
> = {
  1: { bytes: 1, read: (data, at) => data.readInt8(at) },
  2: { bytes: 1, read: (data, at) => data.readUInt8(at) },
  3: { bytes: 2, read: (data, at, little) => (little ? data.readInt16LE(at) : data.readInt16BE(at)) },
  4: { bytes: 2, read: (data, at, little) => (little ? data.readUInt16LE(at) : data.readUInt16BE(at)) },
  5: { bytes: 4, read: (data, at, little) => (little ? data.readInt32LE(at) : data.readInt32BE(at)) },
  6: { bytes: 4, read: (data, at, little) => (little ? data.readUInt32LE(at) : data.readUInt32BE(at)) },
  7: { bytes: 4, read: (data, at, little) => (little ? data.readFloatLE(at) : data.readFloatBE(at)) },
  9: { bytes: 8, read: (data, at, little) => (little ? data.readDoubleLE(at) : data.readDoubleBE(at)) },
  12: {
    bytes: 8,
    read: (data, at, little) => Number(little ? data.readBigInt64LE(at) : data.readBigInt64BE(at)),
  },
  13: {
    bytes: 8,
    read: (data, at, little) => Number(little ? data.readBigUInt64LE(at) : data.readBigUInt64BE(at)),
  },
};

/** UTF-8, UTF-16 and UTF-32. */
const textTypes = { utf8: 16, utf16: 17, utf32: 18 } as const;

/** What is written of the classes of ImageNet has half a megabyte. */
const largestInflated = 2 ** 27;

const headerLength = 128;

/** The elements of a file, and the order of bytes in it. */
export interface MatlabFile {
  readonly elements: readonly MatlabElement[];
  readonly isLittle: boolean;
}

/**
 * Splits a file of MATLAB 5 (`save -v6` and `-v7`) into its elements, compressed ones unpacked.
 * @throws MatlabFault where it is none, is of another version, or is cut off
 */
export function readMatlabFile(bytes: Buffer): MatlabFile {
  const text = bytes.toString('latin1', 0, 20);
  if (text.startsWith('MATLAB 7.3') || bytes.toString('latin1', 1, 4) === 'HDF')
    throw new MatlabFault('is a file of MATLAB 7.3 (HDF5); save it with -v7');
  const order = bytes.toString('latin1', 126, 128);
  if (bytes.length < headerLength || (order !== 'IM' && order !== 'MI'))
    throw new MatlabFault('is no file of MATLAB 5; download it again');
  const isLittle = order === 'IM';
  const elements = elementsOf(bytes.subarray(headerLength), isLittle).map((element) => {
    if (element.type !== elementTypes.compressed) return element;
    const [inner] = elementsOf(inflated(element.data), isLittle);
    if (inner === undefined)
      throw new MatlabFault('has a compressed element that is empty; download it again');
    return inner;
  });
  return { elements, isLittle };
}

/** The elements that bytes hold, one behind the other; all but compressed ones fill eight bytes. */
export function elementsOf(bytes: Buffer, isLittle: boolean): readonly MatlabElement[] {
  const elements: MatlabElement[] = [];
  const uint32 = (at: number): number => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < 8) throw cutOff();
    const tag = uint32(at);
    // Up to four bytes lie in the tag itself, beside their number.
    const small = tag >>> 16;
    const [type, length, start] = small === 0 ? [tag, uint32(at + 4), at + 8] : [tag & 0xffff, small, at + 4];
    if (small > 4 || start + length > bytes.length) throw cutOff();
    elements.push({ type, data: bytes.subarray(start, start + length) });
    const end = start + length;
    at = type === elementTypes.compressed ? end : at + 8 * Math.ceil((end - at) / 8);
  }
  return elements;
}

/** The numbers of an element. @throws MatlabFault where it holds none */
export function numbersOf({ type, data }: MatlabElement, isLittle: boolean): readonly number[] {
  const stored = numberTypes[type];
  if (stored === undefined) throw new MatlabFault(`holds numbers of a type ${type} that is not known`);
  const count = Math.floor(data.length / stored.bytes);
  return Array.from({ length: count }, (_, i) => stored.read(data, i * stored.bytes, isLittle));
}

/** The text of an element. */
export function textOf({ type, data }: MatlabElement, isLittle: boolean): string {
  if (type === textTypes.utf8) return data.toString('utf8');
  const wide = { [textTypes.utf16]: 4, [textTypes.utf32]: 6 }[type];
  return numbersOf({ type: wide ?? type, data }, isLittle)
    .map((code) => String.fromCodePoint(code >= 0 && code <= 0x10ffff ? code : 0xfffd))
    .join('');
}

function inflated(data: Buffer): Buffer {
  try {
    return inflateSync(data, { maxOutputLength: largestInflated });
  } catch (error) {
    throw new MatlabFault('has a compressed element that is damaged, or far too large; download it again', {
      cause: error,
    });
  }
}

const cutOff = (): MatlabFault => new MatlabFault('is cut off or damaged; download it again');
