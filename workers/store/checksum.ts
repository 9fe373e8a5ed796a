import { createHash } from 'node:crypto';

const MARK = 'sha256-of-this-file:';
const DIGITS = 64;

/** The metadata value to write where `seal` is to put the digest. */
export const UNSEALED = `${MARK}${'0'.repeat(DIGITS)}`;

/**
 * Puts the sha256 of a whole file inside the file, in place of `UNSEALED`. The digest is taken with zeros
 * in its place, so that every byte is covered, and can be checked before anything parses the file.
 * @returns a copy of `bytes`
 * @throws RangeError when `UNSEALED` is not in the file
 */
export function seal(bytes: Uint8Array): Buffer {
  const sealed = Buffer.from(bytes);
  const at = sealed.lastIndexOf(UNSEALED, undefined, 'latin1');
  if (at < 0) throw new RangeError('the file has no place for its checksum');
  sealed.write(createHash('sha256').update(sealed).digest('hex'), at + MARK.length, 'latin1');
  return sealed;
}

/** Whether a file is, byte for byte, what `seal` made. */
export function isSealed(bytes: Uint8Array): boolean {
  return checksumOf(bytes) !== null;
}

/** The digest (hex) that `seal` put inside a file, or null when the file is not what `seal` made. */
export function checksumOf(bytes: Uint8Array): string | null {
  const copy = Buffer.from(bytes);
  const at = copy.lastIndexOf(MARK, undefined, 'latin1');
  if (at < 0 || at + MARK.length + DIGITS > copy.length) return null;
  const start = at + MARK.length;
  const written = copy.toString('latin1', start, start + DIGITS);
  copy.fill('0', start, start + DIGITS, 'latin1');
  return createHash('sha256').update(copy).digest('hex') === written ? written : null;
}
