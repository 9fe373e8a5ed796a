import type { ImageHeader } from './decode.js';

/** Part of the memory for decoding that is for files as they are stored; the rest is for their pixels. */
export const FILE_PART = 1 / 4;

/** Rows that the decoder's pipeline holds at once, at most. */
const ROWS_AT_ONCE = 640;

/** What the pipeline takes whatever the image is. */
const PIPELINE_BYTES = 4e6;

/**
 * Estimated bytes that decoding an image takes at its peak, beside its file: the RGB pixels, rows on their way through
 * the decoder, and whatever has to be whole before its first row is known. The factors were measured on images of 6 and
 * 24 million pixels (peak of the resident memory), and lie above what was found.
 */
export function decodingBytes(header: ImageHeader, truncated: 'error' | 'load' = 'error'): number {
  const { width, height, stored, channels, bytesPerSample } = header;
  const samples = channels * bytesPerSample;
  const rows = Math.min(stored.height, ROWS_AT_ONCE) * stored.width * (3 + samples);
  const perPixel =
    3 +
    wholeBytes(header) +
    completedBytes(header, truncated) +
    (header.isCmyk ? samples + (bytesPerSample === 2 ? channels : 0) : 0);
  return (
    PIPELINE_BYTES + rows + stored.width * stored.height * perPixel + remadeBytes(header, width * height)
  );
}

/** Bytes a pixel of rows that are taken out of a truncated file, put in another, and copied on the way, as zlib does. */
function completedBytes(
  { format, channels, bytesPerSample }: ImageHeader,
  truncated: 'error' | 'load',
): number {
  return truncated === 'load' && format === 'png' ? 6 * channels * bytesPerSample : 0;
}

/** Bytes a pixel that the decoder of a format holds of the whole image. */
function wholeBytes({ format, channels, bytesPerSample, isProgressive }: ImageHeader): number {
  switch (format) {
    case 'jpeg':
      // The coefficients of all scans, 16 bits each.
      return isProgressive ? 2 * channels : 0;
    case 'png':
      return isProgressive ? channels * bytesPerSample : 0;
    case 'tiff':
      // A strip or a tile may be as large as the image, and is held as it was read and as it was decoded.
      return 2 * channels * bytesPerSample;
    case 'gif':
      return 5;
    case 'bmp':
      return 1;
    case 'webp':
      return 10;
    case 'heif':
      return 18;
  }
}

/**
 * About how many pixels an image may have that can be decoded: a photograph of usual shape in 8 bits a sample, neither
 * progressive nor interlaced.
 * @param bytes what decoding may take, files included
 */
export function decodablePixels(bytes: number): number {
  const left = bytes * (1 - FILE_PART) - PIPELINE_BYTES;
  // 3 w h + 6 · ROWS_AT_ONCE · w = left, where w = 4/3 h.
  const [a, b] = [4, 8 * ROWS_AT_ONCE];
  const height = left <= 0 ? 0 : (Math.sqrt(b * b + 4 * a * left) - b) / (2 * a);
  return Math.floor((4 / 3) * height * height);
}

/** A second image, where pixels are turned or laid on a canvas. */
function remadeBytes({ orientation, gif, stored }: ImageHeader, pixels: number): number {
  const isLaidOut = gif !== null && stored.width * stored.height < pixels;
  return orientation !== 1 || isLaidOut ? 3 * pixels : 0;
}
