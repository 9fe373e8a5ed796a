import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { InputError } from '../../stages/errors.js';
import { isError } from '../../stages/is-error.js';
import { pipeParts } from './pipe-parts.js';
import type { ReusedBytes } from './reused-bytes.js';

/** The byte order marks of texts that are no UTF-8, the longer ones first. */
const otherEncodings: readonly { readonly name: string; readonly mark: readonly number[] }[] = [
  { name: 'UTF-32', mark: [0xff, 0xfe, 0x00, 0x00] },
  { name: 'UTF-32', mark: [0x00, 0x00, 0xfe, 0xff] },
  { name: 'UTF-16', mark: [0xff, 0xfe] },
  { name: 'UTF-16', mark: [0xfe, 0xff] },
];

/** More than this Node.js can't hold in one text. */
const largestText = 2 ** 29 - 24;

/**
 * The text of a file that a user wrote, without a byte order mark.
 * @param what names the kind of file in errors, for example `experiment`
 * @throws InputError when the file is missing, is a folder, may not be read or is not UTF-8
 */
export async function readText(file: string, what: string): Promise<string> {
  return textOf(await readTextBytes(file, what), file, what);
}

/**
 * As `readText`, but as it lies in the file: what `textOf` reads.
 * @param room where the bytes may lie; default: in memory of their own
 * @throws InputError when the file can't be read
 */
export async function readTextBytes(file: string, what: string, room?: ReusedBytes): Promise<Uint8Array> {
  try {
    return await bytesOf(file, what, room);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${file}: ${unreadable(error, what)}`, { cause: error });
  }
}

/**
 * The text that bytes hold, without a byte order mark.
 * @param source names where they come from in errors
 * @param what names what they should be, for example `experiment`
 * @throws InputError when they are not UTF-8, or too many
 */
export function textOf(bytes: Uint8Array, source: string, what: string): string {
  const other = otherEncodings.find(({ mark }) => mark.every((byte, i) => bytes[i] === byte));
  if (other !== undefined) {
    throw new InputError(`${source}: the ${what} is ${other.name} text; save it as UTF-8`);
  }
  if (bytes.length > largestText) throw tooLarge(source, what);
  if (looksWide(bytes.subarray(0, 400))) {
    throw new InputError(`${source}: the ${what} seems to be UTF-16 text; save it as UTF-8`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new InputError(`${source}: the ${what} is not UTF-8 text; save it as UTF-8`, { cause: error });
  }
}

/** The bytes of a file, or of a pipe or a device, which may have no end. */
async function bytesOf(file: string, what: string, room?: ReusedBytes): Promise<Uint8Array> {
  const found = await stat(file);
  if (found.isFile() && found.size > 0) {
    if (found.size > largestText) throw tooLarge(file, what);
    const bytes = await wholeFile(file, room?.ofSize(found.size) ?? Buffer.allocUnsafeSlow(found.size));
    if (bytes !== null) return bytes;
  }
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of found.isFIFO()
    ? pipeParts(file)
    : createReadStream(file, { highWaterMark: 2 ** 20 })) {
    parts.push(part);
    length += part.length;
    if (length > largestText) throw tooLarge(file, what);
  }
  return Buffer.concat(parts);
}

/** Reads a file into bytes that it fills. @returns null where it is not of that size (any more) */
async function wholeFile(file: string, bytes: Buffer): Promise<Uint8Array | null> {
  const handle = await open(file);
  try {
    let end = 0;
    while (end < bytes.length) {
      const { bytesRead } = await handle.read(bytes, end, bytes.length - end);
      if (bytesRead === 0) return null;
      end += bytesRead;
    }
    const { bytesRead } = await handle.read(Buffer.alloc(1));
    return bytesRead === 0 ? bytes : null;
  } finally {
    await handle.close();
  }
}

function tooLarge(source: string, what: string): InputError {
  return new InputError(`${source}: the ${what} has more than ${largestText} bytes; check the path`);
}

/** UTF-16 without a mark: every second byte of what is mostly Latin is 0. */
function looksWide(start: Uint8Array): boolean {
  return start.filter((byte) => byte === 0).length > start.length / 4;
}

function unreadable(error: unknown, what: string): string {
  const code = isError(error) && 'code' in error ? String(error.code) : String(error);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `no such ${what} file; check the path`;
    case 'EISDIR':
      return `is a folder; expected the path of ${a(what)} file`;
    case 'ERR_INVALID_ARG_VALUE':
      return `a path can't hold a NUL character; expected the path of ${a(what)} file`;
    case 'ENAMETOOLONG':
      return `the path is too long; expected the path of ${a(what)} file`;
    default:
      return `the ${what} file can't be read (${code}); check its permissions`;
  }
}

function a(what: string): string {
  return `${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what}`;
}
