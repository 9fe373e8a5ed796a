import type { BmpCoding, BmpHeader } from './bmp-header.js';
import { blackPixels, type Pixels } from './pixels.js';

/**
 * Decodes a BMP file as Pillow does: alpha is dropped, rows that are not there in full are missing.
 * @param truncated what becomes of a file that ends before its image does: with `load` what is missing has the first colour
 * of the palette, or is black
 * @returns null where pixels are missing and that is an error
 */
export function decodeBmp(bytes: Uint8Array, header: BmpHeader, truncated: 'error' | 'load'): Pixels | null {
  const bits = storedBits(header.coding);
  // Before memory is taken for what a short file only says that it holds.
  if (truncated === 'error' && bits !== null && rowsThere(bytes, header, bits) < header.height) return null;
  const { pixels, isWhole } = decoded(bytes, header);
  return isWhole || truncated === 'load' ? pixels : null;
}

/** Bits of a pixel where all have as many. */
function storedBits(coding: BmpCoding): number | null {
  switch (coding.kind) {
    case 'indices':
      return coding.bits;
    case 'bytes':
      return 8 * coding.length;
    case 'fields':
      return 16;
    case 'runs':
      return null;
  }
}

function decoded(
  bytes: Uint8Array,
  header: BmpHeader,
): { readonly pixels: Pixels; readonly isWhole: boolean } {
  const { width, height, coding, palette, offset } = header;
  const pixels = blackPixels(header);
  switch (coding.kind) {
    case 'indices': {
      const { bits } = coding;
      const perByte = 8 / bits;
      const most = 2 ** bits - 1;
      const isWhole = eachRow(bytes, header, bits, (from, to) => {
        for (let x = 0; x < width; x++) {
          const byte = bytes[from + Math.floor(x / perByte)] ?? 0;
          paint(pixels, to + 3 * x, palette, (byte >> (8 - bits * (1 + (x % perByte)))) & most);
        }
      });
      if (!isWhole) paintMissing(pixels, bytes, header, bits);
      return { pixels, isWhole };
    }
    case 'runs': {
      const { indices, isWhole } = unpacked(bytes, offset, width * height, width, coding.bits === 4);
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
          paint(pixels, rowStart(header, y) + 3 * x, palette, indices[y * width + x] ?? 0);
      return { pixels, isWhole };
    }
    case 'bytes': {
      const { length, rgb } = coding;
      const isWhole = eachRow(bytes, header, 8 * length, (from, to) => {
        for (let x = 0; x < width; x++)
          for (let channel = 0; channel < 3; channel++)
            pixels.data[to + 3 * x + channel] = bytes[from + length * x + (rgb[channel] ?? 0)] ?? 0;
      });
      return { pixels, isWhole };
    }
    case 'fields': {
      const { shifts, largest } = coding;
      const isWhole = eachRow(bytes, header, 16, (from, to) => {
        for (let x = 0; x < width; x++) {
          const value = (bytes[from + 2 * x] ?? 0) + 256 * (bytes[from + 2 * x + 1] ?? 0);
          for (let channel = 0; channel < 3; channel++) {
            const most = largest[channel] ?? 31;
            const level = (value >> (shifts[channel] ?? 0)) & most;
            pixels.data[to + 3 * x + channel] = Math.trunc((255 * level) / most);
          }
        }
      });
      return { pixels, isWhole };
    }
  }
}

/** Where a stored row begins among the pixels. */
function rowStart({ width, height, isTopDown }: BmpHeader, row: number): number {
  return 3 * width * (isTopDown ? row : height - 1 - row);
}

/** Bytes of a row's pixels, and from row to row: rows begin at multiples of four bytes. */
function rowBytes(width: number, bits: number): { readonly length: number; readonly stride: number } {
  return { length: Math.ceil((width * bits) / 8), stride: Math.ceil((width * bits) / 32) * 4 };
}

/**
 * Has every stored row read that is there in full, the padding of the last left aside.
 * @returns whether all are
 */
function eachRow(
  bytes: Uint8Array,
  header: BmpHeader,
  bits: number,
  read: (from: number, to: number) => void,
): boolean {
  const rows = rowsThere(bytes, header, bits);
  const { stride } = rowBytes(header.width, bits);
  for (let row = 0; row < rows; row++) read(header.offset + row * stride, rowStart(header, row));
  return rows === header.height;
}

function rowsThere(bytes: Uint8Array, { width, height, offset }: BmpHeader, bits: number): number {
  const { length, stride } = rowBytes(width, bits);
  return Math.max(0, Math.min(height, Math.floor((bytes.length - offset - length) / stride) + 1));
}

function paintMissing(pixels: Pixels, bytes: Uint8Array, header: BmpHeader, bits: number): void {
  for (let row = rowsThere(bytes, header, bits); row < header.height; row++)
    for (let x = 0; x < header.width; x++) paint(pixels, rowStart(header, row) + 3 * x, header.palette, 0);
}

function paint({ data }: Pixels, at: number, palette: Uint8Array, colour: number): void {
  data[at] = palette[3 * colour] ?? 0;
  data[at + 1] = palette[3 * colour + 1] ?? 0;
  data[at + 2] = palette[3 * colour + 2] ?? 0;
}

/**
 * Undoes runs of indices (`BmpRleDecoder` of Pillow): pairs of a count and an index, or of 0 and a code: 0 ends a row, 1
 * the image, 2 leaves pixels out, others are counts of indices that follow as they are.
 */
function unpacked(
  bytes: Uint8Array,
  offset: number,
  pixels: number,
  width: number,
  isHalves: boolean,
): { readonly indices: Uint8Array; readonly isWhole: boolean } {
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
