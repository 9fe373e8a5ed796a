import { readTiffDirectory } from './tiff-directory.js';

const [BITS, COMPRESSION, COLOURS] = [258, 259, 262];

/** None, CCITT (three kinds), LZW, JPEG, Deflate (two numbers), PackBits, WebP. */
const readCompressions: readonly number[] = [1, 2, 3, 4, 5, 7, 8, 32773, 32946, 50001];
const JPEG = 7;

/** Names of others that libtiff writes. */
const unreadCompressions: Readonly<Record<number, string>> = { 34925: 'LZMA', 50000: 'Zstandard' };

/** Colours of the tag PhotometricInterpretation that no decoder here turns into RGB as Pillow does. */
const unreadColours: Readonly<Record<number, string>> = {
  8: 'CIELAB',
  9: 'CIELAB',
  10: 'CIELAB',
  32803: 'a camera raw',
  32844: 'LogLuv',
  32845: 'LogLuv',
  34892: 'a camera raw',
};
const YCBCR = 6;

/**
 * What a TIFF file is that is not read, with the remedy, or null where it is of a usual kind. The decoder takes Y, Cb and Cr
 * that are not in JPEG for R, G and B; Pillow does not read them.
 */
export function unreadTiff(bytes: Uint8Array): string | null {
  const tags = readTiffDirectory(bytes);
  if (tags === null || tags === 'outside') return null;
  const [compression = 1] = tags.get(COMPRESSION) ?? [];
  if (!readCompressions.includes(compression)) {
    const name = unreadCompressions[compression];
    return `TIFF of compression ${compression}${name === undefined ? '' : ` (${name})`} is not read; convert it to another`;
  }
  const [colours = 0] = tags.get(COLOURS) ?? [];
  const named = unreadColours[colours] ?? (colours === YCBCR && compression !== JPEG ? 'YCbCr' : null);
  if (named !== null)
    return `TIFF in ${named} colours is not read${named === 'YCbCr' ? ' unless it is compressed as JPEG' : ''}; convert it to RGB of 8 bits a sample`;
  const [bits = 1] = tags.get(BITS) ?? [];
  return bits <= 32 ? null : `TIFF of ${bits} bits a sample is not read; convert it to 8 or 16 bits a sample`;
}
