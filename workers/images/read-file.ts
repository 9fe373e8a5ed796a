import { createHash } from 'node:crypto';
import { constants, open, stat } from 'node:fs/promises';
import { isError } from '../../stages/is-error.js';
import { type PassingFault, type Sleep, withPatience } from './retry.js';
import { ImageError } from './source.js';
import { SystemFault } from './system-fault.js';

/** How files are looked at and opened; another than the system's only in tests. */
export interface FileSystem {
  readonly stat: (path: string) => Promise<FileStatus>;
  readonly open: (path: string, flags: number) => Promise<OpenFile>;
}

/** What the system says of a file. */
export interface FileStatus {
  readonly size: number;
  readonly mtimeMs: number;
  isFile(): boolean;
  isDirectory(): boolean;
}

interface OpenFile {
  stat(): Promise<FileStatus>;
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
  close(): Promise<void>;
}

/** The system's own. */
export const systemFiles: FileSystem = { stat, open };

/** How files are read. */
export interface FileReading {
  readonly files: FileSystem;
  readonly sleep: Sleep;
  /** Whether the file was seen before, see `ReadOptions`. */
  readonly isKnown: boolean;
}

/** Larger ones can't be read into one piece of memory. */
export const LARGEST_FILE = 2 ** 31 - 1;

/**
 * How many bytes a file has that is an image.
 * @throws ImageError when it is missing, empty, too large or no regular file
 * @throws SystemFault when the system can't say
 */
export async function fileSize(path: string, reading: FileReading): Promise<number> {
  const { size } = await regularFile(path, path, reading);
  if (size === 0) throw emptyFile(path);
  if (size <= LARGEST_FILE) return size;
  throw new ImageError(
    path,
    `${path}: the file has ${size} bytes, but at most ${LARGEST_FILE} are read; convert it to a smaller one`,
  );
}

/**
 * What the system says of a file.
 * @param path of the image that lies in it, for messages
 * @throws ImageError when it is missing or no regular file
 * @throws SystemFault when the system can't say
 */
export async function regularFile(path: string, file: string, reading: FileReading): Promise<FileStatus> {
  const status = await patiently(path, reading, () => reading.files.stat(file));
  if (status.isDirectory()) throw new ImageError(path, `${path}: is a folder, not an image; check the path`);
  if (status.isFile()) return status;
  throw new ImageError(
    path,
    `${path}: is no regular file but a device, pipe or socket; give the path of an image file`,
  );
}

/**
 * The content of a file that is an image.
 * @param size from `fileSize`: whatever a file grows to meanwhile, no more is read
 * @throws ImageError and SystemFault as `fileSize`
 */
export async function readBytes(path: string, size: number, reading: FileReading): Promise<Uint8Array> {
  const bytes = await readRange(path, path, { offset: 0, length: size }, reading);
  if (bytes.length === 0) throw emptyFile(path);
  return bytes;
}

/** So many bytes of a file from a place on. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * Bytes of a file, as many of a range as there are.
 * @param path of the image that lies there, for messages
 * @throws ImageError and SystemFault as `regularFile`
 */
export function readRange(
  path: string,
  file: string,
  { offset, length }: ByteRange,
  reading: FileReading,
): Promise<Uint8Array> {
  return patiently(path, reading, async () => {
    // Not to wait for a writer, should a pipe have taken the file's place.
    const opened = await reading.files.open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const status = await opened.stat();
      if (!status.isFile())
        throw new ImageError(path, `${path}: is no regular file any more; check the path`);
      const bytes = new Uint8Array(length);
      let found = 0;
      while (found < length) {
        const { bytesRead } = await opened.read(bytes, found, length - found, offset + found);
        if (bytesRead === 0) break;
        found += bytesRead;
      }
      return bytes.subarray(0, found);
    } finally {
      await opened.close();
    }
  });
}

/** sha256 (hex) of bytes. */
export function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function emptyFile(path: string): ImageError {
  return new ImageError(
    path,
    `${path}: the file is empty (0 bytes); restore it from its source`,
    digest(new Uint8Array(0)),
  );
}

/** Faults of the path or the file itself: trying again can't help. */
const ownFaults: Readonly<Record<string, string>> = {
  ENOENT: 'no such image file; check the path',
  ENOTDIR: 'no such image file; check the path',
  EISDIR: 'is a folder, not an image; check the path',
  EACCES: "can't be read (permission denied); check its permissions",
  EPERM: "can't be read (not permitted); check its permissions",
  ELOOP: "can't be read (its links lead in a circle); check the path",
  ENAMETOOLONG: "can't be read (the path is too long); check the path",
  ENXIO: 'is no regular file but a device, pipe or socket; give the path of an image file',
  ENODEV: 'is no regular file but a device, pipe or socket; give the path of an image file',
  ERR_INVALID_ARG_VALUE: "can't be read (no path can look so); check the path",
};

/** Of a file that was there before, these mean that its file system is gone: unmounted, or out of reach. */
const goneFaults: readonly string[] = ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ENXIO', 'ENODEV'];

async function patiently<T>(
  path: string,
  { sleep, isKnown }: FileReading,
  work: () => Promise<T>,
): Promise<T> {
  const isPassing = (code: string): boolean => {
    return ownFaults[code] === undefined || (isKnown && goneFaults.includes(code));
  };
  const faultOf = (error: unknown): PassingFault | null => {
    const code = codeOf(error);
    if (code === null || !isPassing(code)) return null;
    return { code, message: passingFaultText(code), cause: error };
  };
  try {
    return await withPatience(path, work, faultOf, sleep);
  } catch (error) {
    const own = ownFaults[codeOf(error) ?? ''];
    if (own === undefined || error instanceof SystemFault) throw error;
    throw new ImageError(path, `${path}: ${own}`, null, { cause: error });
  }
}

function passingFaultText(code: string): string {
  if (goneFaults.includes(code))
    return `was there before and can't be read now (${code}); check ${code === 'EACCES' ? 'its permissions, and ' : ''}that its file system is mounted`;
  if (code === 'EMFILE' || code === 'ENFILE')
    return `too many files are open (${code}); allow more with ulimit -n, or use fewer workers`;
  return `can't be read (${code}), which is no fault of the image; check the disk, the network and the memory`;
}

/** The system's code of an error of the file system, or null for any other error. */
function codeOf(error: unknown): string | null {
  return isError(error) && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
