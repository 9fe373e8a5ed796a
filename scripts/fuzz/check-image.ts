import { imageFiles } from '../../workers/images/image-file.js';
import type { Preprocess } from '../../workers/images/preprocess.js';
import type { FileSystem } from '../../workers/images/read-file.js';
import { ImageError } from '../../workers/images/source.js';

/** What decoding may take while images are fuzzed: a worker's least share. */
export const FUZZED_BYTES = 64e6;

const side = 8;
const shape = { channels: 3, height: side, width: side };
const preprocess: Preprocess = {
  resize: side,
  interpolation: 'bilinear',
  crop: side,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

/** What became of a case: pixels, or an image error. */
export interface ImageOutcome {
  /** `pixels`, or the message without the path. */
  readonly what: string;
  /** What is wrong about it, or null. */
  readonly complaint: string | null;
}

/**
 * Reads bytes as if they were a file: what comes must be pixels or an image error in one line.
 * @param truncated what becomes of files that end early
 */
export async function checkImage(
  bytes: Uint8Array,
  truncated: 'error' | 'load' = 'error',
): Promise<ImageOutcome> {
  const source = imageFiles({
    files: inMemory(bytes),
    sleep: () => Promise.reject(new Error('waited')),
    decodingBytes: FUZZED_BYTES,
  });
  try {
    const { data } = await source.read(
      'FILE',
      truncated === 'load' ? { ...preprocess, truncated } : preprocess,
      shape,
    );
    const fine = data.length === 3 * side * side && data.every((value) => value >= 0 && value <= 1);
    return { what: 'pixels', complaint: fine ? null : 'values out of range' };
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    if (!(error instanceof ImageError)) return { what, complaint: `no image error: ${String(error)}` };
    const told = /^FILE: [^\n]+$/.test(what) && error.sha256 !== null;
    return {
      what: what.replace(/^FILE: /, ''),
      complaint: told ? null : 'not told in one line with a digest',
    };
  }
}

/** One file that consists of the bytes. */
function inMemory(bytes: Uint8Array): FileSystem {
  const status = { size: bytes.length, mtimeMs: 0, isFile: () => true, isDirectory: () => false };
  return {
    stat: async () => status,
    open: async () => ({
      stat: async () => status,
      read: async (buffer, offset, length, position) => {
        const found = bytes.subarray(position, position + length);
        buffer.set(found, offset);
        return { bytesRead: found.length };
      },
      close: async () => {},
    }),
  };
}
