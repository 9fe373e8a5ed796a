import { readSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { InputError } from '../../stages/errors.js';
import { isError } from '../../stages/is-error.js';
import { shortened } from '../input/printable.js';
import { archiveExtension } from '../location.js';
import { magicLength, refusalByMagic } from './other-archives.js';
import { ArchiveFault, blockSize, hasOwnChecksum, isEmptyBlock } from './tar-header.js';

/** A plain tar, open to be looked into. */
export interface ArchiveFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Bytes from a place on, fewer where the file ends; in memory that the next call uses again. */
  bytes(offset: number, length: number): Promise<Buffer>;
}

/** Bytes that are read at once: small members lie in it with their headers. */
const windowSize = 8192;

/** Milliseconds of reading after which others have their turn. */
const longestTurn = 20;

/**
 * Opens a plain tar and works with it.
 * @throws InputError naming the file where it is none: missing, a folder, empty, of another kind or compressed, in which
 * case the message has the command that unpacks it; also where the work throws an ArchiveFault
 */
export async function withArchive<T>(path: string, work: (archive: ArchiveFile) => Promise<T>): Promise<T> {
  let handle: FileHandle | null = null;
  try {
    // Before it is opened: a pipe would wait for its writer.
    const status = await stat(path);
    if (status.isDirectory()) throw new ArchiveFault('is a folder; expected a tar archive');
    if (!status.isFile()) throw new ArchiveFault('is no regular file; expected a tar archive');
    handle = await open(path);
    const archive: ArchiveFile = { path, size: status.size, bytes: reader(handle.fd) };
    await requireTar(archive);
    return await work(archive);
  } catch (error) {
    throw naming(path, error);
  } finally {
    await handle?.close();
  }
}

/**
 * Reads synchronously, which takes a tenth of the time where there are as many reads as images; and lets others have
 * their turn between two.
 */
function reader(descriptor: number): ArchiveFile['bytes'] {
  const window = Buffer.alloc(windowSize);
  let [start, end] = [0, 0];
  let turn = performance.now();
  return async (offset, length) => {
    if (offset >= start && offset + length <= end)
      return window.subarray(offset - start, offset - start + length);
    if (performance.now() - turn > longestTurn) {
      await setImmediate();
      turn = performance.now();
    }
    if (length > windowSize) {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, fill(descriptor, bytes, offset));
    }
    [start, end] = [offset, offset + fill(descriptor, window, offset)];
    return window.subarray(0, Math.min(length, end - start));
  };
}

function fill(descriptor: number, bytes: Buffer, offset: number): number {
  let found = 0;
  while (found < bytes.length) {
    const more = readSync(descriptor, bytes, found, bytes.length - found, offset + found);
    if (more === 0) break;
    found += more;
  }
  return found;
}

async function requireTar(archive: ArchiveFile): Promise<void> {
  if (archive.size === 0) throw new ArchiveFault('is empty (0 bytes); expected a tar archive');
  const block = await archive.bytes(0, Math.min(blockSize, archive.size));
  const other = refusalByMagic(archive.path, block.subarray(0, magicLength));
  if (other !== null) throw new ArchiveFault(other);
  if (block.length < blockSize || !(isEmptyBlock(block) || hasOwnChecksum(block)))
    throw new ArchiveFault('is no tar archive; check the path, or download it again');
  if (!archive.path.toLowerCase().endsWith(archiveExtension))
    throw new ArchiveFault(
      `is a tar archive by its content, and manifests know one by the ending ${archiveExtension}; rename it`,
    );
}

function naming(path: string, error: unknown): unknown {
  const name = shortened(path, 300);
  if (error instanceof ArchiveFault) return new InputError(`${name}: ${error.message}`, { cause: error });
  const code = isError(error) && 'code' in error ? String(error.code) : null;
  if (error instanceof InputError || code === null) return error;
  const why =
    code === 'ENOENT' || code === 'ENOTDIR'
      ? 'no such archive; check the path'
      : code === 'ERR_INVALID_ARG_VALUE'
        ? "a path can't hold a NUL character; check the path"
        : `can't be read (${code}); check the path, its permissions and the disk`;
  return new InputError(`${name}: ${why}`, { cause: error });
}
