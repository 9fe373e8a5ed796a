import sharp, { type Metadata, type Sharp, type SharpOptions } from 'sharp';
import type { ImageFormat } from '../../manifests/image-formats.js';
import { type BmpHeader, readBmpHeader } from './bmp-header.js';
import { decodeBmp } from './bmp-pixels.js';
import { cmykToRgb } from './cmyk.js';
import { endsEarly } from './file-end.js';
import type { Size } from './geometry.js';
import { composeGif, firstGifFrame, type GifFrame } from './gif-frame.js';
import { countGifPixels } from './gif-pixels.js';
import { upright } from './orientation.js';
import type { Pixels } from './pixels.js';
import { firstTiffPage } from './tiff-directory.js';
import { endsBetweenScans } from './truncated-jpeg.js';
import { completedPng } from './truncated-png.js';
import { unreadTiff } from './unread-tiff.js';

/** Why an image can't be decoded, in words for its user; what the decoder itself says varies from try to try. */
export class DecodingFault extends Error {
  override readonly name = 'DecodingFault';
}

/** What is known of an image before its pixels are decoded. */
export interface ImageHeader extends Size {
  readonly format: ImageFormat;
  /** Width and height as they are stored, before the image is turned upright. */
  readonly stored: Size;
  /** Samples of a pixel in the file. */
  readonly channels: number;
  readonly bytesPerSample: number;
  /** Whether the whole image has to be in memory before its first row is known: progressive or interlaced. */
  readonly isProgressive: boolean;
  readonly isCmyk: boolean;
  /** Value of the TIFF tag Orientation, 1 for all other formats. */
  readonly orientation: number;
  /** The bytes that hold the pixels: those of the file, or of a part of it. */
  readonly bytes: Uint8Array;
  readonly gif: GifFrame | null;
  readonly bmp: BmpHeader | null;
}

/**
 * Pixels as Pillow gives them: no colour profile is applied, the first page alone, and no orientation but TIFF's, which
 * is applied below. Sizes are checked before decoding, by their own limit.
 */
const reading = {
  failOn: 'error',
  ignoreIcc: true,
  autoOrient: false,
  pages: 1,
  limitInputPixels: false,
} satisfies SharpOptions;

/** Bytes of a sample, by sharp's name of its type. */
const sampleBytes: Readonly<Record<string, number>> = { uchar: 1, ushort: 2 };

/**
 * Reads what an image is, but no pixels.
 * @param format as `recognizeFormat` tells it
 * @throws DecodingFault when images of its kind are not read, or Error when the header is damaged
 */
export async function readHeader(bytes: Uint8Array, format: ImageFormat): Promise<ImageHeader> {
  if (format === 'bmp') return bmpHeader(bytes);
  const unread = format === 'tiff' ? unreadTiff(bytes) : null;
  if (unread !== null) throw new DecodingFault(unread);
  const gif = format === 'gif' ? gifFrame(bytes) : null;
  const stored = gif?.alone ?? (format === 'tiff' ? firstTiffPage(bytes) : bytes);
  const metadata = await sharp(stored, reading).metadata();
  if (metadata.format !== format) throw new Error(`found ${metadata.format}, not ${format}`);
  const { width, height, channels } = metadata;
  const bytesPerSample = sampleBytes[metadata.depth] ?? null;
  if (bytesPerSample === null) {
    throw new DecodingFault(
      `its samples are of type ${metadata.depth}, which is no photograph's; convert it to 8 or 16 bits a sample`,
    );
  }
  const orientation = format === 'tiff' ? (metadata.orientation ?? 1) : 1;
  const isTurned = orientation >= 5 && orientation <= 8;
  return {
    format,
    ...(gif?.canvas ?? (isTurned ? { width: height, height: width } : { width, height })),
    stored: { width, height },
    channels,
    bytesPerSample,
    isProgressive: metadata.isProgressive,
    isCmyk: isCmyk(metadata),
    orientation,
    bytes: stored,
    gif,
    bmp: null,
  };
}

function bmpHeader(bytes: Uint8Array): ImageHeader {
  const bmp = readBmpHeader(bytes);
  if (bmp === null) throw new Error('the file ends in its header');
  if (typeof bmp === 'string') throw new DecodingFault(`${bmp}; convert it to another`);
  const size = { width: bmp.width, height: bmp.height };
  return {
    ...{ format: 'bmp', ...size, stored: size, channels: bmp.coding.kind === 'runs' ? 4 : 3 },
    ...{ bytesPerSample: 1, isProgressive: false, isCmyk: false, orientation: 1, bytes, gif: null, bmp },
  };
}

function gifFrame(bytes: Uint8Array): GifFrame {
  const frame = firstGifFrame(bytes);
  if (frame === null) throw new Error('no frame');
  return frame;
}

function isCmyk({ space, channels }: Metadata): boolean {
  return space === 'cmyk' && channels >= 4;
}

/**
 * Decodes an image as Pillow's `Image.open(file).convert("RGB")` does: alpha is dropped, palettes are looked up, grey is
 * repeated, inks are converted without a profile. 16 bits a sample are divided by 256, where Pillow does so only for
 * colours and clips grey at 255: clipping would leave next to nothing of a grey image but white.
 * @param truncated `load`: of JPEG, PNG and BMP files that end before their image does, what is there
 * @throws Error with sharp's message when the image is damaged
 */
export async function decodeRgb(header: ImageHeader, truncated: 'error' | 'load' = 'error'): Promise<Pixels> {
  const { bytes, bmp, format } = header;
  if (bmp !== null) {
    const pixels = decodeBmp(bytes, bmp, truncated);
    if (pixels !== null) return pixels;
    throw new DecodingFault(
      'the image is truncated: the file ends before the image does; restore it from its source',
    );
  }
  try {
    return await decodeWhole(header, reading);
  } catch (error) {
    if (truncated !== 'load' || !endsEarly(bytes, format)) throw error;
    if (format === 'jpeg')
      return endsBetweenScans(bytes)
        ? withoutSamples(header)
        : decodeWhole(header, { ...reading, failOn: 'none' });
    const completed = format === 'png' ? completedPng(bytes) : null;
    if (completed === null) throw error;
    return decodeWhole({ ...header, bytes: completed }, reading);
  }
}

/** What Pillow has where its decoder gave nothing: every sample 0, which is black, or of inks, white. */
function withoutSamples({ width, height, isCmyk }: ImageHeader): Pixels {
  return { data: new Uint8Array(3 * width * height).fill(isCmyk ? 255 : 0), width, height };
}

async function decodeWhole(header: ImageHeader, options: SharpOptions): Promise<Pixels> {
  const { bytes, bytesPerSample, isCmyk, orientation, gif } = header;
  if (gif !== null) requireAllPixels(gif);
  const image = sharp(bytes, options);
  const stored = isCmyk ? await decodeCmyk(image, bytesPerSample) : await decodePlain(image);
  const { width, height } = header.stored;
  // What was planned and checked is by the header.
  if (stored.width !== width || stored.height !== height || stored.data.length !== 3 * width * height)
    throw new Error(`decoded to ${stored.width}×${stored.height} pixels instead of ${width}×${height}`);
  return gif === null ? upright(stored, orientation) : composeGif(gif, stored);
}

/** @throws DecodingFault when the codes of a frame end before its pixels do, as Pillow says, too */
function requireAllPixels({ window, data }: GifFrame): void {
  const pixels = window.width * window.height;
  if (countGifPixels(data, pixels) >= pixels) return;
  throw new DecodingFault(
    'the image is truncated: its codes end before its pixels do; restore it from its source',
  );
}

async function decodePlain(image: Sharp): Promise<Pixels> {
  const { data, info } = await image
    // Before anything else: under transparent pixels there may be colours, which are kept.
    .removeAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels instead of 3`);
  return { data, width: info.width, height: info.height };
}

/** The decoder turns the inks of every JPEG file round, as Pillow does: Adobe's software stores them inverted. */
async function decodeCmyk(image: Sharp, bytesPerSample: number): Promise<Pixels> {
  const { data, info } = await image
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .raw({ depth: bytesPerSample === 1 ? 'uchar' : 'ushort' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels < 4) throw new Error(`decoded to ${info.channels} inks instead of 4`);
  const inks = bytesPerSample === 1 ? data : highBytes(data);
  return cmykToRgb(inks, info.channels, info);
}

/** 16-bit samples divided by 256. */
function highBytes(samples: Uint8Array): Uint8Array {
  const deep = new Uint16Array(samples.buffer, samples.byteOffset, samples.byteLength / 2);
  return Uint8Array.from(deep, (sample) => sample >> 8);
}
