/** Bytes of a tar's blocks: a header is one, and what follows it fills whole ones. */
export const blockSize = 512;

/** One header of a tar: a member, or a note on the next. */
export interface TarHeader {
  /** Bytes of the name, without what a note before may say of it. */
  readonly name: Buffer;
  /** `0` a file, `5` a folder, `L`, `K`, `x`, `g` notes; the others as POSIX and GNU tar have them. */
  readonly type: string;
  /** Bytes that follow the header, as it says. */
  readonly size: number;
}

/** What is wrong with an archive, in words for its user, without its name. */
export class ArchiveFault extends Error {
  override readonly name = 'ArchiveFault';
}

/** Whether a block is all zeros, as those are that end an archive. */
export function isEmptyBlock(block: Buffer): boolean {
  for (const byte of block) if (byte !== 0) return false;
  return true;
}

/** Whether the sum of a header's bytes is the one that it says, as old and new writers count. */
export function hasOwnChecksum(block: Buffer): boolean {
  const said = numberIn(block, 148, 8);
  if (said === null) return false;
  let [unsigned, signed] = [0, 0];
  for (let at = 0; at < blockSize; at++) {
    // The sum counts its own place as blanks.
    const byte = at >= 148 && at < 156 ? 32 : (block[at] ?? 0);
    unsigned += byte;
    signed += byte < 128 ? byte : byte - 256;
  }
  return said === unsigned || said === signed;
}

/**
 * Reads a header that has its own checksum.
 * @throws ArchiveFault where its size is no number
 */
export function readHeader(block: Buffer): TarHeader {
  const size = numberIn(block, 124, 12);
  if (size === null) throw new ArchiveFault('has a header whose size is no number');
  const name = textIn(block, 0, 100);
  // GNU tar keeps times where POSIX has the beginning of a long name.
  const isPosix = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isPosix ? textIn(block, 345, 155) : Buffer.alloc(0);
  const type = block.toString('latin1', 156, 157);
  return {
    name: prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]),
    type: type === '\0' || type === '7' ? '0' : type,
    size,
  };
}

/** Bytes up to the first NUL, as a copy: blocks are read again and again into the same memory. */
function textIn(block: Buffer, start: number, length: number): Buffer {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return Buffer.from(end < 0 ? field : field.subarray(0, end));
}

/** A number in octal digits, or in bytes after one that says so; null where it is none that can be used. */
function numberIn(block: Buffer, start: number, length: number): number | null {
  const first = block[start] ?? 0;
  if (first >= 0x80) {
    let value = first & 0x7f;
    for (let at = start + 1; at < start + length; at++) value = value * 256 + (block[at] ?? 0);
    return Number.isSafeInteger(value) ? value : null;
  }
  const digits = /^[ \0]*([0-7]*)(?:[ \0].*)?$/s.exec(block.toString('latin1', start, start + length))?.[1];
  return digits === undefined ? null : Number.parseInt(`0${digits}`, 8);
}
