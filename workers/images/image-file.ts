import { setTimeout } from 'node:timers/promises';
import { ModelError } from '../../stages/errors.js';
import { ByteBudget } from './byte-budget.js';
import { damageText } from './damage.js';
import { DecodingFault, decodeRgb, type ImageHeader, readHeader } from './decode.js';
import { decodingBytes, FILE_PART } from './decoding-bytes.js';
import type { Size } from './geometry.js';
import { type ImageFormat, recognizeFormat } from './image-format.js';
import { normalized } from './normalize.js';
import type { Pixels } from './pixels.js';
import { digest, type FileSystem, systemFiles } from './read-file.js';
import { pixelRelease } from './release-memory.js';
import { resampledWindow } from './resample.js';
import type { Interpolation } from './resample-weights.js';
import { type Layout, layoutOf } from './resize-and-crop.js';
import { type PassingFault, type Sleep, withPatience } from './retry.js';
import { DEFAULT_MAX_PIXELS, ImageError, type ImageShape, type ImageSource } from './source.js';
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

/** Image files on disk, or in files of many, decoded by sharp; those that are read at the same time share one budget of memory. */
export function imageFiles(options: ImageFileOptions = {}): ImageSource {
  const { decodingBytes: bound = null, files = systemFiles, sleep = (ms) => setTimeout(ms) } = options;
  const limits = { isBounded: bound !== null, maxPixels: options.maxPixels ?? DEFAULT_MAX_PIXELS };
  const { allowMore = ALLOW_MORE } = options;
  const find = imageFinder();
  const release = pixelRelease();
  const fileBudget = new ByteBudget(Math.floor((bound ?? USUAL_BYTES) * FILE_PART));
  const pixelBudget = new ByteBudget(Math.floor((bound ?? USUAL_BYTES) * (1 - FILE_PART)));
  return {
    async read(path, preprocess, shape, { isKnown = false, maxPixels = limits.maxPixels } = {}) {
      checkChannels(shape);
      const found = await find(path, { files, sleep, isKnown });
      const { size } = found;
      if (limits.isBounded && size > fileBudget.bytes)
        throw new ImageError(path, tooLarge(path, size, fileBudget));
      // Always files first, then pixels: whoever holds memory for pixels waits for nothing, so there is no deadlock.
      return fileBudget.spend(size, async () => {
        const { bytes, pixels } = await found.read();
        const sha256 = digest(bytes);
        const layoutFor = (image: Size): Layout => {
          const layout = layoutOf(image, preprocess, shape);
          if (typeof layout === 'string') throw new ImageError(path, `${path}: ${layout}`, sha256);
          return layout;
        };
        if (pixels !== null) {
          checkPixels({ path, sha256 }, pixels, maxPixels, allowMore);
          const { resized, window } = layoutFor(pixels);
          const seen = resampledWindow(pixels, resized, window, preprocess.interpolation);
          return { data: normalized(seen, preprocess), sha256 };
        }
        const file: StoredImage = { path, sha256, bytes, format: formatOf(path, sha256, bytes) };
        const header = await decoding(file, () => readHeader(bytes, file.format), sleep);
        checkPixels(file, header, maxPixels, allowMore);
        const layout = layoutFor(header);
        const cost = decodingBytes(header);
        if (limits.isBounded && cost > pixelBudget.bytes) throw tooManyBytes(file, header, cost, pixelBudget);
        const window = await pixelBudget.spend(cost, async () => {
          const seen = await decodedWindow(file, header, layout, preprocess.interpolation, sleep);
          await release(3 * header.width * header.height);
          return seen;
        });
        return { data: normalized(window, preprocess), sha256 };
      });
    },
  };
}

/** A file whose format is known. */
interface StoredImage {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
  readonly format: ImageFormat;
}

function checkChannels({ channels }: ImageShape): void {
  if (channels === 3) return;
  throw new ModelError(
    `the network takes ${channels} channel(s), but image files give 3 (R, G, B); export it for RGB images`,
  );
}

function formatOf(path: string, sha256: string, bytes: Uint8Array): ImageFormat {
  const found = recognizeFormat(bytes);
  if (found?.read) return found.format;
  const read = 'JPEG, PNG, WebP, TIFF, GIF, AVIF';
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
  { resized, window }: Layout,
  interpolation: Interpolation,
  sleep: Sleep,
): Promise<Pixels> {
  const pixels = await decoding(file, () => decodeRgb(header), sleep);
  return resampledWindow(pixels, resized, window, interpolation);
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
  work: () => Promise<T>,
  sleep: Sleep,
): Promise<T> {
  try {
    return await withPatience(path, work, shortage, sleep);
  } catch (error) {
    if (error instanceof SystemFault) throw error;
    const why = error instanceof DecodingFault ? error.message : damageText(bytes, format);
    // What the decoder itself says varies from one try to the next, and error rows must not.
    throw new ImageError(path, `${path}: ${why}`, sha256, { cause: error });
  }
}

/** As libvips, the system and V8 (for pixels) say that memory or threads ran out. */
const shortages =
  /out of memory|cannot allocate memory|unable to (create|start) thread|array buffer allocation failed/i;

/** Memory or threads that the decoder could not get. */
function shortage(error: unknown): PassingFault | null {
  const said = error instanceof Error ? error.message : '';
  if (!shortages.test(said)) return null;
  const message =
    'the decoder could get no memory or no thread, which is no fault of the image; use fewer workers';
  return { code: 'ENOMEM', message, cause: error };
}
