import type { ImageFormat } from '../../manifests/image-formats.js';
import { readBmpHeader } from './bmp-header.js';
import { readTiffDirectory } from './tiff-directory.js';

/**
 * Whether a file that can't be decoded ends before its format says that it does. What the decoder says of it depends on
 * what others decode at the time, so the bytes are asked.
 */
export function endsEarly(bytes: Uint8Array, format: ImageFormat): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (format) {
    case 'jpeg':
      return !file.includes(Buffer.from([0xff, 0xd9]), startOfScans(file));
    case 'png':
      return !file.subarray(0, -4).includes('IEND', 8, 'latin1');
    case 'webp':
      return file.length < 12 || file.length < file.readUInt32LE(4) + 8;
    case 'gif':
      return file.length < 14 || file[file.length - 1] !== 0x3b;
    case 'bmp':
      return bmpEndsEarly(file);
    case 'heif':
      return boxesEndEarly(file);
    case 'tiff':
      return directoryLiesOutside(file);
  }
}

/** Whether it ends in its headers; whether its pixels are all there is known when they are decoded. */
function bmpEndsEarly(file: Buffer): boolean {
  return readBmpHeader(file) === null;
}

/** Where the segments of a JPEG file's header end: they may hold a whole image of their own, a thumbnail. */
function startOfScans(file: Buffer): number {
  let at = 2;
  while (at + 4 <= file.length && file[at] === 0xff && file[at + 1] !== 0xda)
    at += file[at + 1] === 0xff ? 1 : 2 + Math.max(2, file.readUInt16BE(at + 2));
  return at;
}

/** Whether the boxes of an ISO media file need more bytes than it has. */
function boxesEndEarly(file: Buffer): boolean {
  let at = 0;
  while (at + 8 <= file.length) {
    const length = file.readUInt32BE(at);
    // Lasts to the end of the file, or says its length in 64 bits.
    if (length === 0) return false;
    if (length === 1) {
      if (at + 16 > file.length) return true;
      at += Number(file.readBigUInt64BE(at + 8));
    } else at += Math.max(8, length);
  }
  return at !== file.length;
}

/** Tags of the offsets and the lengths of strips, and of tiles. */
const pieces: readonly (readonly [offsets: number, lengths: number])[] = [
  [273, 279],
  [324, 325],
];

/** Whether a TIFF file's first directory, or what it lists, lies behind the file's end. */
function directoryLiesOutside(file: Buffer): boolean {
  const tags = readTiffDirectory(file);
  if (tags === null) return false;
  if (tags === 'outside') return true;
  return pieces.some(([offsets, lengths]) => {
    const sizes = tags.get(lengths) ?? [];
    return (tags.get(offsets) ?? []).some((offset, index) => offset + (sizes[index] ?? 0) > file.length);
  });
}
