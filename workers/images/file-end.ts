import type { ImageFormat } from './image-format.js';

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
      return !file.includes('IEND', 8, 'latin1');
    case 'webp':
      return file.length < 12 || file.length < file.readUInt32LE(4) + 8;
    case 'gif':
      return file.length < 14 || file[file.length - 1] !== 0x3b;
    case 'heif':
      return boxesEndEarly(file);
    case 'tiff':
      return directoryLiesOutside(file);
  }
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

/** Bytes of a value, by its type in a TIFF directory. */
const tiffTypeBytes: readonly number[] = [1, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

/** Offsets and lengths of strips, and of tiles. */
const pixelTags: readonly number[] = [273, 279, 324, 325];

/** Whether a TIFF file's first directory, or what it lists, lies behind the file's end. */
function directoryLiesOutside(file: Buffer): boolean {
  if (file.length < 8) return true;
  const isLittle = file[0] === 0x49;
  const short = (at: number): number => (isLittle ? file.readUInt16LE(at) : file.readUInt16BE(at));
  const long = (at: number): number => (isLittle ? file.readUInt32LE(at) : file.readUInt32BE(at));
  // BigTIFF is rare; that it ends early is not told apart from other damage.
  if (short(2) !== 42) return false;
  const start = long(4);
  if (start + 2 > file.length) return true;
  const count = short(start);
  if (start + 2 + 12 * count + 4 > file.length) return true;
  const lists = new Map<number, readonly number[]>();
  for (let entry = start + 2; entry < start + 2 + 12 * count; entry += 12) {
    const size = tiffTypeBytes[short(entry + 2)] ?? 1;
    const values = long(entry + 4);
    const from = values * size <= 4 ? entry + 8 : long(entry + 8);
    if (from + values * size > file.length) return true;
    if (!pixelTags.includes(short(entry)) || (size !== 2 && size !== 4)) continue;
    lists.set(
      short(entry),
      Array.from({ length: values }, (_, i) => (size === 2 ? short(from + 2 * i) : long(from + 4 * i))),
    );
  }
  const outside = (offsets: number, lengths: number): boolean => {
    const sizes = lists.get(lengths) ?? [];
    return (lists.get(offsets) ?? []).some((offset, i) => offset + (sizes[i] ?? 0) > file.length);
  };
  return outside(273, 279) || outside(324, 325);
}
