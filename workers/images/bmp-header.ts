import type { Size } from './geometry.js';

/** How the pixels of a BMP file are stored. */
export type BmpCoding =
  /** Indices of so many bits into the palette. */
  | { readonly kind: 'indices'; readonly bits: 1 | 4 | 8 }
  /** As indices of 8 or 4 bits in runs. */
  | { readonly kind: 'runs'; readonly bits: 4 | 8 }
  /** Bytes of a pixel, and which of them are R, G, B. */
  | { readonly kind: 'bytes'; readonly length: 3 | 4; readonly rgb: readonly [number, number, number] }
  /** 16 bits a pixel: how far up R, G, B are, and their largest values. */
  | {
      readonly kind: 'fields';
      readonly shifts: readonly [number, number, number];
      readonly largest: readonly [number, number, number];
    };

/** What a BMP file says of its image. */
export interface BmpHeader extends Size {
  /** Whether rows run from the top down; usually they run upwards. */
  readonly isTopDown: boolean;
  readonly coding: BmpCoding;
  /** 256 colours, [256, 3]: grey where the file has none. */
  readonly palette: Uint8Array;
  /** Where the pixels begin. */
  readonly offset: number;
}

const FILE_HEADER_BYTES = 14;

/** The header of OS/2, whose sizes and colours are shorter. */
const SHORT_HEADER = 12;

/** Sizes of the headers that Pillow reads, too. */
const headerSizes: readonly number[] = [SHORT_HEADER, 40, 64, 108, 124];

type Masks = readonly [red: number, green: number, blue: number];

/** Which byte of four is R, G, B, by the masks that say so. */
const byteMasks: readonly (readonly [Masks, readonly [number, number, number]])[] = [
  [
    [0xff0000, 0xff00, 0xff],
    [2, 1, 0],
  ],
  [
    [0xff000000, 0xff0000, 0xff00],
    [3, 2, 1],
  ],
  [
    [0xff, 0xff00, 0xff0000],
    [0, 1, 2],
  ],
  [
    [0, 0, 0],
    [2, 1, 0],
  ],
];

const fields555: BmpCoding = { kind: 'fields', shifts: [10, 5, 0], largest: [31, 31, 31] };
const fields565: BmpCoding = { kind: 'fields', shifts: [11, 5, 0], largest: [31, 63, 31] };

/**
 * Reads the header of a BMP file, of the kinds that Pillow reads.
 * @returns the header; one line that says what of it is not read; or null where the file ends within it
 */
export function readBmpHeader(bytes: Uint8Array): BmpHeader | string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < FILE_HEADER_BYTES + SHORT_HEADER) return null;
  const size = view.getUint32(14, true);
  if (!headerSizes.includes(size)) return `BMP files with a header of ${size} bytes are not read`;
  const end = FILE_HEADER_BYTES + size;
  if (view.byteLength < end) return null;
  const isShort = size === SHORT_HEADER;
  const isTopDown = !isShort && view.getUint8(25) === 0xff;
  const sizes = isShort
    ? { width: view.getUint16(18, true), height: view.getUint16(20, true) }
    : {
        width: view.getUint32(18, true),
        height: isTopDown ? -view.getInt32(22, true) : view.getUint32(22, true),
      };
  if (sizes.width === 0 || sizes.height <= 0)
    return `BMP files of ${sizes.width}×${sizes.height} pixels are not read`;
  const bits = view.getUint16(isShort ? 24 : 28, true);
  const compression = isShort ? 0 : view.getUint32(30, true);
  const used = isShort ? 0 : view.getUint32(46, true);
  // A header of 40 bytes is followed by the masks.
  const masksEnd = compression === 3 && size < 64 ? end + 12 : end;
  if (view.byteLength < masksEnd) return null;
  const masks: Masks | null =
    compression === 3 ? [view.getUint32(54, true), view.getUint32(58, true), view.getUint32(62, true)] : null;
  const coding = codingOf(bits, compression, masks);
  if (typeof coding === 'string') return coding;
  const colours = used === 0 ? 2 ** bits : used;
  const hasPalette = bits <= 8;
  if (hasPalette && colours > 65_536) return `BMP files with ${colours} colours are not read`;
  const colourBytes = isShort ? 3 : 4;
  const paletteEnd = hasPalette ? masksEnd + colourBytes * colours : masksEnd;
  const written = view.getUint32(10, true);
  // Some programs leave the palette out of the count.
  const offset = written === end && hasPalette ? written + 4 * colours : written;
  return {
    ...sizes,
    isTopDown,
    coding,
    palette: paletteOf(bytes.subarray(masksEnd, Math.min(paletteEnd, bytes.length)), colourBytes),
    offset: offset === 0 ? paletteEnd : offset,
  };
}

function codingOf(bits: number, compression: number, masks: Masks | null): BmpCoding | string {
  const has = (found: Masks): boolean => masks?.every((mask, index) => mask === found[index]) ?? false;
  if (compression === 0) {
    if (bits === 1 || bits === 4 || bits === 8) return { kind: 'indices', bits };
    if (bits === 16) return fields555;
    if (bits === 24 || bits === 32) return { kind: 'bytes', length: bits === 24 ? 3 : 4, rgb: [2, 1, 0] };
    return `BMP files of ${bits} bits a pixel are not read`;
  }
  if (compression === 1 && bits === 8) return { kind: 'runs', bits: 8 };
  if (compression === 2 && bits === 4) return { kind: 'runs', bits: 4 };
  if (masks === null) return `BMP files of compression ${compression} with ${bits} bits a pixel are not read`;
  if (bits === 16 && has([0xf800, 0x7e0, 0x1f])) return fields565;
  if (bits === 16 && has([0x7c00, 0x3e0, 0x1f])) return fields555;
  if (bits === 24 && has([0xff0000, 0xff00, 0xff])) return { kind: 'bytes', length: 3, rgb: [2, 1, 0] };
  const rgb = bits === 32 ? byteMasks.find(([found]) => has(found))?.[1] : undefined;
  return rgb === undefined
    ? 'BMP files with such bit fields are not read'
    : { kind: 'bytes', length: 4, rgb };
}

/** Colours are stored as B, G, R, and of four bytes one more. */
function paletteOf(stored: Uint8Array, colourBytes: number): Uint8Array {
  const palette = Uint8Array.from({ length: 768 }, (_, at) => Math.floor(at / 3));
  for (let colour = 0; colour < 256 && colourBytes * colour + 2 < stored.length; colour++)
    for (let channel = 0; channel < 3; channel++)
      palette[3 * colour + channel] = stored[colourBytes * colour + 2 - channel] ?? 0;
  return palette;
}
