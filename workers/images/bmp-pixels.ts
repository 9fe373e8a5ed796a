import type { BmpCoding, BmpHeader } from './bmp-header.js';
import { unpackedRuns } from './bmp-runs.js';
import { blackPixels, type Pixels } from './pixels.js';

/** Codings in which all pixels have as many bits. */
type PlainCoding = Exclude<BmpCoding, { readonly kind: 'runs' }>;

/**
 * Decodes a BMP file as Pillow does: alpha is dropped, rows that are not there in full are missing. Memory is taken for no
 * more than what the file turns out to hold.
 * @param truncated what becomes of a file that ends before its image does: with `load` what is missing has the first colour
 * of the palette, or is black
 * @returns null where pixels are missing and that is an error
 */
export function decodeBmp(bytes: Uint8Array, header: BmpHeader, truncated: 'error' | 'load'): Pixels | null {
  const { width, height, coding, palette, offset } = header;
  if (coding.kind === 'runs') {
    const { indices, isWhole } = unpackedRuns(bytes, header, coding.bits === 4);
    if (!isWhole && truncated === 'error') return null;
    const pixels = blackPixels(header);
    for (let row = 0; row < height; row++)
      for (let x = 0, to = rowStart(header, row); x < width; x++, to += 3)
        paint(pixels, to, palette, indices[row * width + x] ?? 0);
    return pixels;
  }
  const bits = bitsOf(coding);
  // Rows begin at multiples of four bytes, but the last need not end at one.
  const stride = Math.ceil((width * bits) / 32) * 4;
  const last = Math.ceil((width * bits) / 8);
  const rows = Math.max(0, Math.min(height, Math.floor((bytes.length - offset - last) / stride) + 1));
  if (rows < height && truncated === 'error') return null;
  const pixels = blackPixels(header);
  const paintRow = rowPainter(pixels, bytes, coding, palette);
  for (let row = 0; row < rows; row++) paintRow(offset + row * stride, rowStart(header, row));
  if (coding.kind === 'indices')
    for (let row = rows; row < height; row++)
      for (let x = 0, to = rowStart(header, row); x < width; x++, to += 3) paint(pixels, to, palette, 0);
  return pixels;
}

function bitsOf(coding: PlainCoding): number {
  switch (coding.kind) {
    case 'indices':
      return coding.bits;
    case 'bytes':
      return 8 * coding.length;
    case 'fields':
      return 16;
  }
}

/** Where a stored row begins among the pixels. */
function rowStart({ width, height, isTopDown }: BmpHeader, row: number): number {
  return 3 * width * (isTopDown ? row : height - 1 - row);
}

/** Paints the pixels of a row that is stored from a place on, to another place on. */
function rowPainter(
  pixels: Pixels,
  bytes: Uint8Array,
  coding: PlainCoding,
  palette: Uint8Array,
): (from: number, to: number) => void {
  const { data, width } = pixels;
  switch (coding.kind) {
    case 'indices': {
      const { bits } = coding;
      const perByte = 8 / bits;
      const most = 2 ** bits - 1;
      return (from, to) => {
        for (let x = 0; x < width; x++) {
          const byte = bytes[from + Math.floor(x / perByte)] ?? 0;
          paint(pixels, to + 3 * x, palette, (byte >> (8 - bits * (1 + (x % perByte)))) & most);
        }
      };
    }
    case 'bytes': {
      const { length, rgb } = coding;
      return (from, to) => {
        for (let x = 0; x < width; x++)
          for (let channel = 0; channel < 3; channel++)
            data[to + 3 * x + channel] = bytes[from + length * x + (rgb[channel] ?? 0)] ?? 0;
      };
    }
    case 'fields': {
      const { shifts, largest } = coding;
      return (from, to) => {
        for (let x = 0; x < width; x++) {
          const value = (bytes[from + 2 * x] ?? 0) + 256 * (bytes[from + 2 * x + 1] ?? 0);
          for (let channel = 0; channel < 3; channel++) {
            const most = largest[channel] ?? 31;
            const level = (value >> (shifts[channel] ?? 0)) & most;
            data[to + 3 * x + channel] = Math.trunc((255 * level) / most);
          }
        }
      };
    }
  }
}

function paint({ data }: Pixels, at: number, palette: Uint8Array, colour: number): void {
  data[at] = palette[3 * colour] ?? 0;
  data[at + 1] = palette[3 * colour + 1] ?? 0;
  data[at + 2] = palette[3 * colour + 2] ?? 0;
}
