import type { ImageFormat } from '../../manifests/image-formats.js';
import { endsEarly } from './file-end.js';
import { readTiffDirectory } from './tiff-directory.js';

/**
 * Why a file could not be decoded, in words for its user. It is read off the bytes alone: what the decoder says depends on
 * what others decode at the time, and the same file has to give the same words each time.
 */
export function damageText(bytes: Uint8Array, format: ImageFormat): string {
  const coding = unreadCoding(bytes, format);
  if (coding !== null) return `${coding} is not read; convert it to another`;
  return endsEarly(bytes, format)
    ? 'the image is truncated: the file ends before the image does; restore it from its source'
    : 'the image is damaged; restore it from its source';
}

/** The coding of a file that no decoder here reads, or null where its coding is a usual one. */
function unreadCoding(bytes: Uint8Array, format: ImageFormat): string | null {
  if (format === 'jpeg') return unreadJpeg(bytes);
  return format === 'tiff' ? unreadTiff(bytes) : null;
}

/** Kinds of JPEG by the marker of their frame, but for the usual ones (baseline, extended and progressive). */
const rareFrames: Readonly<Record<number, string>> = {
  195: 'lossless JPEG',
  197: 'hierarchical JPEG',
  198: 'hierarchical JPEG',
  199: 'hierarchical JPEG',
  201: 'JPEG with arithmetic coding',
  202: 'JPEG with arithmetic coding',
  203: 'lossless JPEG',
  205: 'hierarchical JPEG',
  206: 'hierarchical JPEG',
  207: 'hierarchical JPEG',
};

function unreadJpeg(bytes: Uint8Array): string | null {
  for (let at = 2; at + 4 < bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) at += 1;
    else if (marker === 0xda) return null;
    else {
      const rare = rareFrames[marker];
      if (rare !== undefined) return rare;
      const bits = bytes[at + 4];
      if (marker >= 0xc0 && marker <= 0xc2 && bits !== 8) return `JPEG of ${bits} bits a sample`;
      at += 2 + Math.max(2, (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0));
    }
  }
  return null;
}

const COMPRESSION = 259;

/** None, CCITT (three kinds), LZW, JPEG, Deflate (two numbers), PackBits, and what libtiff numbered itself. */
const readCompressions: readonly number[] = [1, 2, 3, 4, 5, 7, 8, 32773, 32946, 34925, 50000, 50001];

function unreadTiff(bytes: Uint8Array): string | null {
  const tags = readTiffDirectory(bytes);
  if (tags === null || tags === 'outside') return null;
  const [compression = 1] = tags.get(COMPRESSION) ?? [];
  return readCompressions.includes(compression) ? null : `TIFF of compression ${compression}`;
}
