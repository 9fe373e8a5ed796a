import { shown } from '../../stages/shown.js';
import type { ArchiveFile } from './archive-file.js';
import { untar } from './other-archives.js';
import { type PaxRecords, readPaxRecords } from './pax-records.js';
import {
  ArchiveFault,
  blockSize,
  hasOwnChecksum,
  isEmptyBlock,
  readHeader,
  type TarHeader,
} from './tar-header.js';

/** One member of a tar, and where its bytes lie. */
export interface TarMember {
  /** Bytes of the name as it is stored. */
  readonly name: Buffer;
  /** `other` are links, devices and whatever else has no bytes of its own. */
  readonly kind: 'file' | 'folder' | 'other';
  /** Of its first byte in the archive. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
}

/** Names and other notes on members take no more. */
const largestNote = 2 ** 20;

/** How far behind the end of an archive another one is looked for: tapes and tools fill records of 10 240 bytes. */
const furthestBehind = 2 ** 16;

/** What a note says of the next member. */
interface Notes extends PaxRecords {
  /** Bytes of a name that is too long for a header. */
  readonly longName?: Buffer;
}

/** Types that have no bytes behind their header, whatever it says. */
const bodiless = new Set(['1', '2', '3', '4', '5', '6']);

/**
 * Visits the members of a tar in the order of the file. Only headers are read, never what members hold; names of GNU tar and
 * of PAX count.
 * @throws ArchiveFault where the archive is cut off or damaged, stores members in pieces or without their holes, or has another
 * archive behind it
 */
export async function eachMember(archive: ArchiveFile, visit: (member: TarMember) => void): Promise<void> {
  let everywhere: PaxRecords = {};
  let notes: Notes = {};
  let at = 0;
  for (;;) {
    const block = await archive.bytes(at, blockSize);
    if (block.length < blockSize) throw endless(at, archive.size);
    if (isEmptyBlock(block)) break;
    if (!hasOwnChecksum(block))
      throw new ArchiveFault(`is damaged: at byte ${at} there is no header; download it again`);
    const header = readHeader(block);
    const body = at + blockSize;
    const { size, kind } = whatFollows(header, { ...everywhere, ...notes });
    const end = body + size;
    if (!(end <= archive.size))
      throw new ArchiveFault(
        `is cut off: ${described(header, notes)} ends at byte ${end}, and the archive has ${archive.size}; download it again`,
      );
    if (kind === 'note') {
      const bytes = await note(archive, body, size);
      if (header.type === 'L') notes = { ...notes, longName: Buffer.from(untilNul(bytes)) };
      if (header.type === 'x' || header.type === 'X') notes = { ...notes, ...readPaxRecords(bytes) };
      if (header.type === 'g') everywhere = { ...everywhere, ...readPaxRecords(bytes) };
    } else {
      const name = notes.path ?? notes.longName ?? everywhere.path ?? header.name;
      // Before POSIX, folders were files whose name ends so.
      const isFolder = kind === 'folder' || name.at(-1) === 0x2f;
      visit({ name, kind: isFolder ? 'folder' : kind, offset: body, length: size });
      notes = {};
    }
    at = body + Math.ceil(size / blockSize) * blockSize;
  }
  await requireNothingBehind(archive, at);
}

function whatFollows(
  { type, size, name }: TarHeader,
  said: PaxRecords,
): { readonly size: number; readonly kind: TarMember['kind'] | 'note' } {
  if (['L', 'K', 'x', 'X', 'g'].includes(type)) return { size, kind: 'note' };
  const member = shown(name.toString('utf8'));
  const again = 'unpack it with tar, and name the folder';
  if (type === 'S' || said.isSparse)
    throw new ArchiveFault(`stores ${member} without its holes (a sparse file); ${again}`);
  if (type === 'M') throw new ArchiveFault(`continues ${member} of another volume; ${again}`);
  if (bodiless.has(type)) return { size: 0, kind: type === '5' ? 'folder' : 'other' };
  return { size: said.size ?? size, kind: type === '0' ? 'file' : 'other' };
}

async function note(archive: ArchiveFile, offset: number, size: number): Promise<Buffer> {
  if (size <= largestNote) return archive.bytes(offset, size);
  throw new ArchiveFault(
    `is damaged: the note on a member at byte ${offset} has ${size} bytes, and names take less; download it again`,
  );
}

function untilNul(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

function described({ name }: TarHeader, notes: Notes): string {
  return shown((notes.path ?? notes.longName ?? name).toString('utf8'));
}

function endless(at: number, size: number): ArchiveFault {
  return new ArchiveFault(
    `is cut off: it has ${size} bytes, and at byte ${at} neither another member nor the mark of its end; download it again`,
  );
}

/** Archives that were put one behind the other: tar reads the first alone, and so would we. */
async function requireNothingBehind(archive: ArchiveFile, end: number): Promise<void> {
  for (let at = end; at < Math.min(archive.size, end + furthestBehind); at += blockSize) {
    const block = await archive.bytes(at, blockSize);
    if (block.length < blockSize || isEmptyBlock(block)) continue;
    if (!hasOwnChecksum(block)) return;
    throw new ArchiveFault(
      `has another archive behind its end, at byte ${at}; unpack both with: ${untar(archive.path, '-xif')}`,
    );
  }
}
