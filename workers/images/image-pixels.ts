import { setTimeout } from 'node:timers/promises';
import type { ImageFormat } from '../../manifests/image-formats.js';
import { ModelError } from '../../stages/errors.js';
import { ByteBudget } from './byte-budget.js';
import { beforeCorruption, corrupted, sizeFault } from './corruptions/corrupt.js';
import { damageText } from './damage.js';
import { DecodingFault, decodeRgb, type ImageHeader, readHeader } from './decode.js';
import { decodingBytes, FILE_PART } from './decoding-bytes.js';
import type { Size } from './geometry.js';
import { greyPixels } from './grey.js';
import { recognizeFormat } from './image-format.js';
import { KeptPixels } from './kept-pixels.js';
import type { Pixels } from './pixels.js';
import { channelFault, type Preprocess } from './preprocess.js';
import { digest, type FileSystem, systemFiles } from './read-file.js';
import { pixelRelease } from './release-memory.js';
import { type Layout, layoutOf, seenPixels } from './resize-and-crop.js';
import { type Sleep, withPatience } from './retry.js';
import { shortageOf, surely } from './shortage.js';
import { DEFAULT_MAX_PIXELS, ImageError, type ImageShape, type ReadOptions } from './source.js';
import { imageFinder } from './stored-image.js';
import { SystemFault } from './system-fault.js';

/** What reading images may take. */
export interface ImageFileOptions {
  /**
   * Bytes that decoding may take, all images at once; images that need more are image errors. Null bounds only what is
   * decoded at once: what needs more than usual is decoded alone. Default: null.
   */
  readonly decodingBytes?: number | null;
  /** Images of more pixels are image errors, unless a call says otherwise. Default: `DEFAULT_MAX_PIXELS`. */
  readonly maxPixels?: number;
  /** What to do to have more pixels decoded. Default: what shards and tables of errors say, whoever reads them. */
  readonly allowMore?: string;
  /** For tests. */
  readonly files?: FileSystem;
  readonly sleep?: Sleep;
}

/** Part of finished shards: another wording would make other bytes of the same images. */
const ALLOW_MORE = 'allow more with maxPixels (--max-pixels of grodin score)';

/** What images that are decoded at once may take where nobody bounds it: hundreds of small ones, or one large one. */
const USUAL_BYTES = 512e6;

/** What the network sees of an image, in 8 bits. */
export interface SeenImage {
  /** Grey images as RGB. */
  readonly pixels: Pixels;
  /** sha256 (hex) of the bytes that were read. */
  readonly sha256: string;
}

/** Reads one image. @param shape what the network takes; null for whatever the preprocessing gives */
export type ReadPixels = (
  path: string,
  preprocess: Preprocess,
  shape: ImageShape | null,
  options?: ReadOptions,
) => Promise<SeenImage>;

/**
 * Image files on disk, or in files of many, decoded by sharp, resized and cropped; those that are read at the same time
 * share one budget of memory.
 * @returns what throws as `ImageSource` says
 */
export function pixelReader(options: ImageFileOptions = {}): ReadPixels {
  const { decodingBytes: bound = null, files = systemFiles, sleep = (ms) => setTimeout(ms) } = options;
  const limits = { isBounded: bound !== null, maxPixels: options.maxPixels ?? DEFAULT_MAX_PIXELS };
  const { allowMore = ALLOW_MORE } = options;
  const find = imageFinder();
  const release = pixelRelease();
  const kept = new KeptPixels();
  const fileBudget = new ByteBudget(Math.floor((bound ?? USUAL_BYTES) * FILE_PART));
  const pixelBudget = new ByteBudget(Math.floor((bound ?? USUAL_BYTES) * (1 - FILE_PART)));
  const readClean: ReadPixels = async (
    path,
    preprocess,
    shape,
    { isKnown = false, maxPixels = limits.maxPixels } = {},
  ) => {
    if (shape !== null) checkChannels(preprocess, shape);
    const found = await find(path, { files, sleep, isKnown });
    const { size } = found;
    if (limits.isBounded && size > fileBudget.bytes)
      throw new ImageError(path, tooLarge(path, size, fileBudget));
    // Always files first, then pixels: whoever holds memory for pixels waits for nothing, so there is no deadlock.
    return fileBudget.spend(size, async () => {
      const { bytes, pixels } = await found.read();
      const sha256 = digest(bytes);
      const layoutFor = (image: Size): Layout => {
        checkPixels({ path, sha256 }, image, maxPixels, allowMore);
        return checkedLayout({ path, sha256 }, image, preprocess, shape, { maxPixels, allowMore });
      };
      if (pixels !== null) {
        // A copy: what is changed here may be kept by its reader.
        const copy = { ...pixels, data: Uint8Array.from(pixels.data) };
        return { pixels: seenBy(preprocess, copy, layoutFor(pixels)), sha256 };
      }
      // All that the pixels follow from; the file itself is read each time, so that a changed one is seen.
      const key = JSON.stringify([sha256, preprocess, shape, maxPixels]);
      const known = kept.get(key);
      if (known !== null) return { pixels: known, sha256 };
      const file: StoredImage = { path, sha256, bytes, format: formatOf(path, sha256, bytes) };
      const header = await decoding(file, preprocess, () => readHeader(bytes, file.format), sleep);
      const layout = layoutFor(header);
      const cost = decodingBytes(header, preprocess.truncated);
      if (limits.isBounded && cost > pixelBudget.bytes) throw tooManyBytes(file, header, cost, pixelBudget);
      const seen = await pixelBudget.spend(cost, async () => {
        const window = await decodedWindow(file, header, layout, preprocess, sleep);
        await release(3 * header.width * header.height);
        return window;
      });
      kept.add(key, seen);
      return { pixels: seen, sha256 };
    });
  };
  return async (path, preprocess, shape, how = {}) => {
    const { corrupt, maxPixels = limits.maxPixels } = how;
    if (corrupt === undefined) return readClean(path, preprocess, shape, how);
    if (shape !== null) checkChannels(preprocess, shape);
    const { truncated } = preprocess;
    const { pixels, sha256 } = await readClean(
      path,
      { ...beforeCorruption(corrupt.setting), truncated },
      null,
      how,
    );
    const fault = sizeFault(corrupt.setting, pixels);
    if (fault !== null) throw new ImageError(path, `${path}: ${fault}`, sha256);
    const after = await corrupted(pixels, corrupt);
    const layout = checkedLayout({ path, sha256 }, after, preprocess, shape, { maxPixels, allowMore });
    return { pixels: seenBy(preprocess, after, layout), sha256 };
  };
}

/** @throws ImageError where preprocessing makes of the image what the network can't take, or too many pixels */
function checkedLayout(
  image: Pick<StoredImage, 'path' | 'sha256'>,
  size: Size,
  preprocess: Preprocess,
  shape: ImageShape | null,
  { maxPixels, allowMore }: { readonly maxPixels: number; readonly allowMore: string },
): Layout {
  const layout = layoutOf(size, preprocess, shape);
  if (typeof layout === 'string') throw new ImageError(image.path, `${image.path}: ${layout}`, image.sha256);
  if (shape === null) checkPixels(image, layout.seen, maxPixels, allowMore);
  return layout;
}

/** @param pixels of the whole image, which networks of one channel have made grey in place */
function seenBy(preprocess: Preprocess, pixels: Pixels, layout: Layout): Pixels {
  const used = preprocess.mean.length === 1 ? greyPixels(pixels) : pixels;
  return seenPixels(used, layout, preprocess.interpolation);
}

/** A file whose format is known. */
interface StoredImage {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
  readonly format: ImageFormat;
}

function checkChannels(preprocess: Preprocess, shape: ImageShape): void {
  const fault = channelFault(preprocess, shape);
  if (fault !== null) throw new ModelError(fault);
}

function formatOf(path: string, sha256: string, bytes: Uint8Array): ImageFormat {
  const found = recognizeFormat(bytes);
  if (found?.read) return found.format;
  const read = 'JPEG, PNG, WebP, TIFF, GIF, BMP, AVIF';
  const what =
    found === null
      ? `not an image in a format that is read (${read})`
      : `${found.name} files are not read; convert it to one of ${read}`;
  throw new ImageError(path, `${path}: ${what}`, sha256);
}

/** By itself, so that nothing holds the decoded pixels when it returns. */
async function decodedWindow(
  file: StoredImage,
  header: ImageHeader,
  layout: Layout,
  preprocess: Preprocess,
  sleep: Sleep,
): Promise<Pixels> {
  const pixels = await decoding(file, preprocess, () => decodeRgb(header, preprocess.truncated), sleep);
  return seenBy(preprocess, pixels, layout);
}

function checkPixels(
  { path, sha256 }: Pick<StoredImage, 'path' | 'sha256'>,
  { width, height }: Size,
  maxPixels: number,
  allowMore: string,
): void {
  if (width * height <= maxPixels) return;
  throw new ImageError(
    path,
    `${path}: ${width}×${height} are ${width * height} pixels, but at most ${maxPixels} are decoded; ` +
      `${allowMore}, or make it smaller`,
    sha256,
  );
}

function tooLarge(path: string, size: number, budget: ByteBudget): string {
  return (
    `${path}: the file has ${megabytes(size)}, but the memory allowed leaves ${megabytes(budget.bytes)} for files; ` +
    'allow more memory, or make it smaller'
  );
}

function tooManyBytes(
  { path, sha256 }: StoredImage,
  { width, height }: ImageHeader,
  cost: number,
  budget: ByteBudget,
): ImageError {
  return new ImageError(
    path,
    `${path}: decoding ${width}×${height} pixels takes about ${megabytes(cost)}, but the memory allowed leaves ` +
      `${megabytes(budget.bytes)} for it; allow more memory, or make it smaller`,
    sha256,
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}

async function decoding<T>(
  { path, sha256, bytes, format }: StoredImage,
  { truncated }: Pick<Preprocess, 'truncated'>,
  work: () => Promise<T>,
  sleep: Sleep,
): Promise<T> {
  try {
    return await withPatience(path, () => surely(work), shortageOf, sleep);
  } catch (error) {
    if (error instanceof SystemFault) throw error;
    const why = error instanceof DecodingFault ? error.message : damageText(bytes, format, truncated);
    // What the decoder itself says varies from one try to the next, and error rows must not.
    throw new ImageError(path, `${path}: ${why}`, sha256, { cause: error });
  }
}
