import type { ImageFormat } from '../../manifests/image-formats.js';
import { endsEarly } from './file-end.js';
import { unreadTiff } from './unread-tiff.js';

/**
 * Why a file could not be decoded, in words for its user. It is read off the bytes alone: what the decoder says depends on
 * what others decode at the time, and the same file has to give the same words each time.
 * @param truncated what was to be done with files that end early
 */
export function damageText(
  bytes: Uint8Array,
  format: ImageFormat,
  truncated: 'error' | 'load' = 'error',
): string {
  const coding = unreadCoding(bytes, format);
  if (coding !== null) return coding;
  if (!endsEarly(bytes, format)) return 'the image is damaged; restore it from its source';
  return `the image is truncated: the file ends before the image does${truncated === 'load' ? notLoaded(format) : ''}; restore it from its source`;
}

/** Why nothing of a file was loaded although it was asked for. */
function notLoaded(format: ImageFormat): string {
  return loadedFormats.includes(format)
    ? ', and there is too little of it to load (truncated: "load")'
    : ', and truncated: "load" loads JPEG, PNG and BMP files alone';
}

/** What a file is that no decoder here reads, with the remedy, or null where its coding is a usual one. */
function unreadCoding(bytes: Uint8Array, format: ImageFormat): string | null {
  if (format === 'jpeg') {
    const coding = unreadJpeg(bytes);
    return coding === null ? null : `${coding} is not read; convert it to another`;
  }
  return format === 'tiff' ? unreadTiff(bytes) : null;
}

/** Formats of which files that end early can be loaded. */
const loadedFormats: readonly ImageFormat[] = ['jpeg', 'png', 'bmp'];

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
