import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ModelError } from '../../stages/errors.js';
import { decodeRgb, resizeBilinear } from './decode.js';
import { cropOffset, resizedSize, type Size } from './geometry.js';
import { normalizedWindow, type Pixels } from './normalize.js';
import type { Preprocess } from './preprocess.js';
import { ImageError, type ImageShape, type ImageSource } from './source.js';

/** Image files on disk, decoded by sharp. */
export function imageFiles(): ImageSource {
  return {
    async read(path, preprocess, shape) {
      if (shape.channels !== 3) {
        throw new ModelError(
          `the network takes ${shape.channels} channel(s), but image files give 3 (R, G, B); export it for RGB images`,
        );
      }
      const bytes = await readBytes(path);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      return { data: await preprocessed({ path, bytes, sha256 }, preprocess, shape), sha256 };
    },
  };
}

/** The bytes of a file. */
interface ReadFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

async function preprocessed(
  file: ReadFile,
  preprocess: Preprocess,
  shape: ImageShape,
): Promise<Float32Array> {
  const decoded = await decoding(file, () => decodeRgb(file.bytes));
  const resized = await resize(file, decoded, preprocess.resize);
  const size = croppedSize(file, resized, preprocess.crop);
  checkSize(file, decoded, size, shape, preprocess);
  const left = cropOffset(resized.width, size.width);
  const top = cropOffset(resized.height, size.height);
  return normalizedWindow(resized, { ...size, left, top }, preprocess);
}

async function readBytes(path: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new ImageError(path, `${path}: ${unreadable(error)}`, null, { cause: error });
  }
  if (bytes.length > 0) return bytes;
  throw new ImageError(
    path,
    `${path}: the file is empty (0 bytes); restore it from its source`,
    createHash('sha256').digest('hex'),
  );
}

function unreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'no such image file; check the path';
    case 'EISDIR':
      return 'is a folder, not an image; check the path';
    default:
      return `can't be read (${oneLine(error)}); check its permissions`;
  }
}

async function resize(file: ReadFile, pixels: Pixels, side: number | null): Promise<Pixels> {
  if (side === null) return pixels;
  return decoding(file, () => resizeBilinear(pixels, resizedSize(pixels, side)));
}

async function decoding<T>({ path, sha256 }: ReadFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const why = oneLine(error);
    const what = /unsupported image format|no image format/.test(why)
      ? 'not an image in a format that is read (JPEG, PNG, WebP, TIFF, GIF, AVIF)'
      : 'the image is damaged or truncated; restore it from its source';
    // What the decoder itself says varies from one try to the next, and error rows must not.
    throw new ImageError(path, `${path}: ${what}`, sha256, { cause: error });
  }
}

function croppedSize({ path, sha256 }: ReadFile, { width, height }: Size, crop: number | null): Size {
  if (crop === null) return { width, height };
  if (crop <= width && crop <= height) return { width: crop, height: crop };
  throw new ImageError(
    path,
    `${path}: ${width}×${height} pixels are too few for a crop of ${crop}×${crop}; set resize in the preprocessing`,
    sha256,
  );
}

function checkSize(
  { path, sha256 }: ReadFile,
  found: Size,
  made: Size,
  shape: ImageShape,
  preprocess: Preprocess,
): void {
  if (made.width === shape.width && made.height === shape.height) return;
  const expected = `the network takes ${shape.width}×${shape.height}`;
  const untouched = preprocess.resize === null && preprocess.crop === null;
  const message = untouched
    ? `${path}: found ${found.width}×${found.height} pixels, but ${expected}; set resize and crop in the preprocessing`
    : `${path}: ${found.width}×${found.height} pixels become ${made.width}×${made.height} after preprocessing, ` +
      `but ${expected}; mend resize and crop`;
  throw new ImageError(path, message, sha256);
}

/** The last line of a message: libvips puts the notes of its readers first and the reason last. */
function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const lines = message.split('\n').map((line) => line.trim());
  return lines.findLast((line) => /[a-z]{3}/i.test(line)) ?? message.replaceAll(/\s+/g, ' ');
}
