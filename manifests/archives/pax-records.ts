import { ArchiveFault } from './tar-header.js';

/** What a PAX header says of the members behind it, as far as it matters to where their bytes are. */
export interface PaxRecords {
  /** Bytes of the name. */
  readonly path?: Buffer;
  /** Bytes that the member has. */
  readonly size?: number;
  /** Whether the member is stored without its holes. */
  readonly isSparse?: true;
}

/**
 * Reads the records of a PAX header: `LENGTH KEY=VALUE`, each on a line of its own, whose length counts all of it.
 * @throws ArchiveFault where they are none
 */
export function readPaxRecords(bytes: Buffer): PaxRecords {
  const records: { path?: Buffer; size?: number; isSparse?: true } = {};
  for (let at = 0; at < bytes.length; ) {
    // Some writers fill the block.
    if (bytes[at] === 0) break;
    const blank = bytes.indexOf(0x20, at);
    const digits = blank < 0 ? '' : bytes.toString('latin1', at, Math.min(blank, at + 20));
    const end = at + Number(digits);
    const equals = bytes.indexOf(0x3d, blank);
    const isRecord =
      /^\d+$/.test(digits) &&
      end <= bytes.length &&
      bytes[end - 1] === 0x0a &&
      equals > blank &&
      equals < end;
    if (!isRecord) throw new ArchiveFault('has a PAX header that is none');
    const key = bytes.toString('utf8', blank + 1, equals);
    const value = bytes.subarray(equals + 1, end - 1);
    if (key === 'path') records.path = Buffer.from(value);
    if (key === 'size') records.size = sizeOf(value);
    if (key.startsWith('GNU.sparse.') || key === 'SCHILY.realsize') records.isSparse = true;
    at = end;
  }
  return records;
}

function sizeOf(value: Buffer): number {
  const text = value.toString('latin1');
  const size = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(size)) return size;
  throw new ArchiveFault('has a PAX header whose size is no number');
}
