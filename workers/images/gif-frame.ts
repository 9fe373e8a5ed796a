import type { Size } from './geometry.js';
import { blackPixels, layOn, type Pixels, type Region } from './pixels.js';

/** The first frame of a GIF file. */
export interface GifFrame {
  /** The whole image: the screen, or more where the frame lies beyond it. */
  readonly canvas: Size;
  /** Where the frame lies in it. */
  readonly window: Region;
  /** 256 colours, [256, 3]: grey where the file has none. */
  readonly palette: Uint8Array;
  /** Index of the colour around the frame. */
  readonly around: number;
  /** Its minimum code size and sub-blocks. */
  readonly data: Uint8Array;
  /** A GIF file of the frame alone, opaque and as large as its screen, with the palette above. */
  readonly alone: Uint8Array;
}

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const GRAPHIC_CONTROL = 0xf9;
const HEADER_BYTES = 13;

/**
 * Takes the first frame out of a GIF file. Decoders make what is transparent black, or blend it with a background; the
 * pipelines that networks are trained with keep the colour that a transparent pixel has in the palette.
 * @returns null when the file holds no whole frame header
 */
export function firstGifFrame(bytes: Uint8Array): GifFrame | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES) return null;
  const screen = { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  const screenFlags = view.getUint8(10);
  const palette = Uint8Array.from({ length: 768 }, (_, at) => Math.floor(at / 3));
  let at = HEADER_BYTES;
  const globalColours = coloursIn(bytes, at, screenFlags);
  at += globalColours.length;
  let transparent: number | null = null;
  for (;;) {
    const kind = bytes[at];
    if (kind === undefined || kind === TRAILER) return null;
    if (kind === EXTENSION) {
      if (bytes[at + 1] === GRAPHIC_CONTROL && (bytes[at + 2] ?? 0) >= 4)
        transparent = ((bytes[at + 3] ?? 0) & 1) === 1 ? (bytes[at + 6] ?? 0) : transparent;
      at = afterBlocks(bytes, at + 2);
    } else if (kind === IMAGE) break;
    else at += 1;
  }
  if (at + 11 > bytes.length) return null;
  const window = {
    left: view.getUint16(at + 1, true),
    top: view.getUint16(at + 3, true),
    width: view.getUint16(at + 5, true),
    height: view.getUint16(at + 7, true),
  };
  const flags = view.getUint8(at + 9);
  at += 10;
  const localColours = coloursIn(bytes, at, flags);
  at += localColours.length;
  palette.set(hasPalette(flags) ? localColours : globalColours);
  const data = bytes.subarray(at, afterBlocks(bytes, at + 1));
  return {
    canvas: {
      width: Math.max(screen.width, window.left + window.width),
      height: Math.max(screen.height, window.top + window.height),
    },
    window,
    palette,
    around: transparent ?? 0,
    data,
    alone: fileOf(window, palette, (flags & 0x40) !== 0, data),
  };
}

function hasPalette(flags: number): boolean {
  return (flags & 0x80) !== 0;
}

function coloursIn(bytes: Uint8Array, at: number, flags: number): Uint8Array {
  return hasPalette(flags) ? bytes.subarray(at, at + 3 * 2 ** ((flags & 7) + 1)) : new Uint8Array(0);
}

/** Where a chain of sub-blocks ends: behind the empty one, or at the end of the file. */
function afterBlocks(bytes: Uint8Array, at: number): number {
  let next = at;
  for (;;) {
    const length = bytes[next];
    if (length === undefined) return bytes.length;
    next += 1 + length;
    if (length === 0) return next;
  }
}

function fileOf(
  { width, height }: Size,
  palette: Uint8Array,
  interlaced: boolean,
  data: Uint8Array,
): Uint8Array {
  const size = Buffer.alloc(4);
  size.writeUInt16LE(width, 0);
  size.writeUInt16LE(height, 2);
  return Buffer.concat([
    Buffer.from('GIF89a'),
    size,
    // A palette of 256 colours, background 0, square pixels.
    Buffer.from([0xf7, 0, 0]),
    palette,
    Buffer.from([IMAGE, 0, 0, 0, 0]),
    size,
    Buffer.from([interlaced ? 0x40 : 0]),
    data,
    Buffer.from([TRAILER]),
  ]);
}

/** Lays the decoded frame on its canvas. */
export function composeGif({ canvas, window, palette, around }: GifFrame, frame: Pixels): Pixels {
  if (window.width === canvas.width && window.height === canvas.height) return frame;
  const composed = blackPixels(canvas);
  const { data } = composed;
  const colour = palette.subarray(3 * around, 3 * around + 3);
  for (let at = 0; at < data.length; at += 3) data.set(colour, at);
  layOn(composed, frame, window.left, window.top);
  return composed;
}
